//! The connections below the client, set up when they are first needed.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, Proxy, Url, redirect, retry};

use crate::error::Failed;
use crate::roots::Roots;
use crate::{Error, Invalid};

/// How connections are made.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) environment_proxy: bool,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) roots: Roots,
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
        self.roots.give(builder, secure).build()
    }
}

pub(crate) fn proxy(address: &str) -> Result<Proxy, Invalid> {
    Proxy::all(address).map_err(|_| {
        Invalid::new(
            "proxy",
            "is not an address such as http://proxy.example.com:3128",
        )
    })
}
