//! Which certificates are trusted, if the build has TLS at all.

#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub(crate) use with_tls::Roots;
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(crate) use without_tls::Roots;

#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod with_tls {
    use reqwest::{Certificate, ClientBuilder};

    use crate::Invalid;

    /// Certificates that were given, and whether the system's count too.
    #[derive(Debug)]
    pub(crate) struct Roots {
        given: Vec<Certificate>,
        system: bool,
    }

    impl Roots {
        /// Reads certificates in PEM.
        pub(crate) fn read(pems: &[Vec<u8>], system: bool) -> Result<Self, Invalid> {
            let invalid = |why: &str| Invalid::new("root_certificates", why);
            let mut given = Vec::new();
            for pem in pems {
                match Certificate::from_pem_bundle(pem) {
                    Ok(roots) if roots.is_empty() => {
                        return Err(invalid("has no certificate in PEM"));
                    }
                    Ok(roots) => given.extend(roots),
                    Err(_) => return Err(invalid("cannot be read as certificates in PEM")),
                }
            }
            Ok(Self { given, system })
        }

        /// Hands them to connections, which read the system's only if they are secure.
        pub(crate) fn give(&self, builder: ClientBuilder, secure: bool) -> ClientBuilder {
            let given = self.given.iter().cloned();
            if !secure {
                builder.tls_certs_only([])
            } else if !self.system {
                builder.tls_certs_only(given)
            } else if self.given.is_empty() {
                builder
            } else {
                builder.tls_certs_merge(given)
            }
        }
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
mod without_tls {
    use reqwest::ClientBuilder;

    use crate::Invalid;

    /// No certificates, because there is no TLS to check them.
    #[derive(Debug)]
    pub(crate) struct Roots;

    impl Roots {
        /// Refuses certificates.
        pub(crate) fn read(pems: &[Vec<u8>], system: bool) -> Result<Self, Invalid> {
            if pems.is_empty() && system {
                return Ok(Self);
            }
            Err(Invalid::new(
                "root_certificates",
                "are of no use in a build without TLS; enable the feature `rustls` or `native-tls`",
            ))
        }

        /// Changes nothing.
        #[expect(
            clippy::unused_self,
            reason = "with TLS there is something to hand over"
        )]
        pub(crate) fn give(&self, builder: ClientBuilder, _: bool) -> ClientBuilder {
            builder
        }
    }

    #[cfg(test)]
    mod tests {
        use crate::Client;

        #[tokio::test]
        async fn an_https_call_of_a_build_without_tls_names_the_features() {
            let client = Client::builder().token("token").build().unwrap();
            let deployment = client.deployment("octocat/example", 42).unwrap();
            let error = deployment.get_status(1).await.unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains("no TLS") && text.contains("`rustls`"),
                "{text}"
            );
        }
    }
}
