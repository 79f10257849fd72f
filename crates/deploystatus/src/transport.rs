//! The connections below the client, set up when they are first needed.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Certificate, Client, Proxy, Url, redirect, retry};

use crate::error::Failed;
use crate::{Error, Invalid};

/// How connections are made.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) environment_proxy: bool,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) roots: Vec<Certificate>,
    pub(crate) system_roots: bool,
}

/// Two pools of connections: reading the system's certificates costs more than all else at start,
/// so the one with TLS is made when an `https` call is.
#[derive(Debug)]
pub(crate) struct Transport {
    settings: Settings,
    plain: OnceLock<Client>,
    secure: OnceLock<Client>,
}

impl Transport {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            plain: OnceLock::new(),
            secure: OnceLock::new(),
        }
    }

    /// The pool for calls to this address.
    pub(crate) fn client_for(&self, url: &Url) -> Result<&Client, Error> {
        let secure = url.scheme() == "https";
        let pool = if secure { &self.secure } else { &self.plain };
        if let Some(client) = pool.get() {
            return Ok(client);
        }
        let client = self.settings.build(secure).map_err(|error| {
            Error::Unreachable(Failed {
                what: "connections could not be set up".to_owned(),
                cause: Some(error.into()),
            })
        })?;
        Ok(pool.get_or_init(|| client))
    }
}

const POOL_IDLE: Duration = Duration::from_secs(20);

impl Settings {
    fn build(&self, secure: bool) -> reqwest::Result<Client> {
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(self.connect_timeout)
            // A connection that the server closes just as a status is sent leaves its outcome in doubt.
            .pool_idle_timeout(POOL_IDLE)
            .referer(false);
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        } else if !self.environment_proxy {
            builder = builder.no_proxy();
        }
        builder = with_roots(builder, secure, self);
        builder.build()
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn with_roots(
    builder: reqwest::ClientBuilder,
    secure: bool,
    settings: &Settings,
) -> reqwest::ClientBuilder {
    let roots = settings.roots.iter().cloned();
    if !secure {
        builder.tls_certs_only([])
    } else if !settings.system_roots {
        builder.tls_certs_only(roots)
    } else if settings.roots.is_empty() {
        builder
    } else {
        builder.tls_certs_merge(roots)
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn with_roots(builder: reqwest::ClientBuilder, _: bool, _: &Settings) -> reqwest::ClientBuilder {
    builder
}

/// Reads certificates in PEM.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, Invalid> {
    let invalid = |why: &str| Invalid::new("root_certificates", why);
    match Certificate::from_pem_bundle(pem) {
        Ok(roots) if roots.is_empty() => Err(invalid("has no certificate in PEM")),
        Ok(roots) => Ok(roots),
        Err(_) => Err(invalid("cannot be read as certificates in PEM")),
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(crate) fn certificates(_: &[u8]) -> Result<Vec<Certificate>, Invalid> {
    Err(Invalid::new(
        "root_certificates",
        "are of no use in a build without TLS; enable the feature `rustls` or `native-tls`",
    ))
}

pub(crate) fn proxy(address: &str) -> Result<Proxy, Invalid> {
    Proxy::all(address).map_err(|_| {
        Invalid::new(
            "proxy",
            "is not an address such as http://proxy.example.com:3128",
        )
    })
}
