//! Connection pools, created on first use, and trusted certificates.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Client, Proxy, Url, redirect, retry};

use crate::error::{Error, ErrorKind};
use crate::model::invalid_value::InvalidValue;

#[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
pub(crate) use self::with_tls::Roots;
#[cfg(not(any(feature = "rustls-no-provider", feature = "native-tls")))]
pub(crate) use self::without_tls::Roots;

/// Settings of the connections.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) proxy: ProxySetting,
    pub(crate) roots: Roots,
}

/// The proxy to use.
#[derive(Clone, Debug)]
pub(crate) enum ProxySetting {
    /// The proxy of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).
    Environment,
    Given(Box<Proxy>),
    None,
}

/// Two connection pools, for `http` and `https`.
///
/// The pool for `https` is created with the first `https` call, because reading the system's certificates is expensive.
#[derive(Debug)]
pub(crate) struct Transport {
    settings: Settings,
    plain: Mutex<Option<Client>>,
    secure: Mutex<Option<Client>>,
}

impl Transport {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            plain: Mutex::new(None),
            secure: Mutex::new(None),
        }
    }

    /// Returns the pool for this URL.
    pub(crate) fn client_for(&self, url: &Url) -> Result<Client, Error> {
        let mut pool = self
            .pool(url)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*pool {
            return Ok(client.clone());
        }
        check_provider()?;
        let client = self
            .settings
            .build(url.scheme() == "https")
            .map_err(|error| {
                Error::new(ErrorKind::Connect, "cannot set up connections").with_source(error)
            })?;
        Ok(pool.insert(client).clone())
    }

    /// Discards the pool for this URL, so that the next request opens a new connection.
    pub(crate) fn renew(&self, url: &Url) {
        self.pool(url)
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    fn pool(&self, url: &Url) -> &Mutex<Option<Client>> {
        if url.scheme() == "https" {
            &self.secure
        } else {
            &self.plain
        }
    }
}

/// Checks that the program has installed the cryptography of rustls, because reqwest would panic without it.
#[cfg(all(
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "native-tls"))
))]
fn check_provider() -> Result<(), Error> {
    if rustls::crypto::CryptoProvider::get_default().is_some() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Connect,
        "no cryptography is installed for TLS; \
         install a CryptoProvider of rustls or enable the feature `rustls`",
    ))
}

#[cfg(not(all(
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "native-tls"))
)))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "fails in builds without cryptography"
)]
fn check_provider() -> Result<(), Error> {
    Ok(())
}

const POOL_IDLE: Duration = Duration::from_secs(20);

impl Settings {
    fn build(&self, is_secure: bool) -> reqwest::Result<Client> {
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(self.connect_timeout)
            // If the server closes an idle connection just as a status is sent, the outcome is unknown.
            .pool_idle_timeout(POOL_IDLE)
            .referer(false);
        builder = match &self.proxy {
            ProxySetting::Environment => builder,
            ProxySetting::Given(proxy) => builder.proxy(Proxy::clone(proxy)),
            ProxySetting::None => builder.no_proxy(),
        };
        self.roots.add_to(builder, is_secure).build()
    }
}

pub(crate) fn parse_proxy(url: &str) -> Result<Box<Proxy>, InvalidValue> {
    Proxy::all(url).map(Box::new).map_err(|_| {
        InvalidValue::new("proxy", "invalid proxy URL")
            .expected("expected a URL such as http://proxy.example.com:3128")
    })
}

#[cfg(any(feature = "rustls-no-provider", feature = "native-tls"))]
mod with_tls {
    use reqwest::{Certificate, ClientBuilder};

    use crate::model::invalid_value::InvalidValue;

    /// The trusted certificates: those of the caller, with or without those of the system.
    #[derive(Debug)]
    pub(crate) struct Roots {
        given: Vec<Certificate>,
        system: bool,
    }

    impl Roots {
        /// Parses PEM certificates.
        pub(crate) fn parse(pems: &[Vec<u8>], system: bool) -> Result<Self, InvalidValue> {
            let invalid = || {
                InvalidValue::new("root_certificates", "invalid root certificates")
                    .expected("expected one or more certificates in PEM format")
            };
            let mut given = Vec::new();
            for pem in pems {
                let certificates = Certificate::from_pem_bundle(pem).map_err(|_| invalid())?;
                if certificates.is_empty() {
                    return Err(invalid());
                }
                given.extend(certificates);
            }
            Ok(Self { given, system })
        }

        /// Adds the certificates to a client, which reads those of the system only if it needs them.
        pub(crate) fn add_to(&self, builder: ClientBuilder, is_secure: bool) -> ClientBuilder {
            let given = self.given.iter().cloned();
            if !is_secure {
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

#[cfg(not(any(feature = "rustls-no-provider", feature = "native-tls")))]
mod without_tls {
    use reqwest::ClientBuilder;

    use crate::model::invalid_value::InvalidValue;

    /// No certificates, because the build has no TLS.
    #[derive(Debug)]
    pub(crate) struct Roots;

    impl Roots {
        /// Rejects certificates.
        pub(crate) fn parse(pems: &[Vec<u8>], system: bool) -> Result<Self, InvalidValue> {
            if pems.is_empty() && system {
                return Ok(Self);
            }
            let problem = "root certificates have no effect without TLS";
            Err(InvalidValue::new("root_certificates", problem)
                .expected("enable the feature `rustls` or `native-tls`"))
        }

        /// Returns the builder unchanged.
        #[expect(clippy::unused_self, reason = "with TLS there are certificates to add")]
        pub(crate) fn add_to(&self, builder: ClientBuilder, _: bool) -> ClientBuilder {
            builder
        }
    }
}

#[cfg(all(test, not(any(feature = "rustls", feature = "native-tls"))))]
mod tests {
    use crate::client::Client;

    #[tokio::test]
    async fn https_without_tls_or_provider_is_an_error() {
        let client = Client::builder().token("token").build().unwrap();
        let deployment = client.deployment("octocat/example", 42).unwrap();
        let error = deployment.get_status(1).await.unwrap_err();
        let text = error.to_string();
        let expected = if cfg!(feature = "rustls-no-provider") {
            ["no cryptography", "CryptoProvider"]
        } else {
            ["no TLS", "`rustls`"]
        };
        assert!(expected.iter().all(|part| text.contains(part)), "{text}");
    }
}
