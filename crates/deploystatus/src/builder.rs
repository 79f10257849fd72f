//! How a client is made.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::base_url::BaseUrl;
use crate::client::{Client, Core};
use crate::pacing::Pacer;
use crate::roots::Roots;
use crate::token::Token;
use crate::transport::{self, Settings, Transport};
use crate::{Error, Invalid, Pacing, RetryPolicy, ServerProfile};

/// What a [`Client`] can be told before it is made. Nothing is required.
///
/// A client waits 10 seconds for a connection and 30 seconds for a whole request unless told otherwise;
/// it never waits without end.
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    token: Result<Option<Token>, Invalid>,
    allow_plain_http: bool,
    profile: Option<ServerProfile>,
    user_agent: String,
    timeout: Duration,
    connect_timeout: Duration,
    environment_proxy: bool,
    proxy: Option<String>,
    roots: Vec<Vec<u8>>,
    system_roots: bool,
    retry: RetryPolicy,
    pacing: Pacing,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            base_url: "https://api.github.com".to_owned(),
            token: Ok(None),
            allow_plain_http: false,
            profile: None,
            user_agent: concat!("deploystatus/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            environment_proxy: false,
            proxy: None,
            roots: Vec::new(),
            system_roots: true,
            retry: RetryPolicy::new(),
            pacing: Pacing::new(),
        }
    }

    /// Proves itself with this token, of whatever kind.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Token::fixed(&token.into()).map(Some);
        self
    }

    /// Asks for a token before every attempt, because the tokens of apps live for an hour.
    ///
    /// ```
    /// use deploystatus::Client;
    ///
    /// let client = Client::builder()
    ///     .token_source(|| async { std::fs::read_to_string("/run/secrets/github-token") })
    ///     .build()?;
    /// # Ok::<_, deploystatus::Error>(())
    /// ```
    pub fn token_source<F, Fut, E>(mut self, source: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.token = Ok(Some(Token::asked(source)));
        self
    }

    /// Calls the API at this address; `https://api.github.com` unless told.
    ///
    /// An Enterprise Server's ends in `/api/v3`, which is added to an address without a path.
    /// `https://TENANT.ghe.com` becomes `https://api.TENANT.ghe.com`, and `https://github.com` the API's address.
    /// A slash at the end does not matter. Loopback addresses are taken as they are.
    /// [`Client::base_url`] shows what became of it.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Sends the token over plain `http` to other machines too, where anybody on the way can read it.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Treats the server like this, whatever it says of itself.
    pub fn profile(mut self, profile: ServerProfile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// Introduces itself by this name, which GitHub asks for; `deploystatus/` and the version unless told.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Waits this long for a whole request, its answer included.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Waits this long for a connection.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Goes through this proxy.
    pub fn proxy(mut self, address: impl Into<String>) -> Self {
        self.proxy = Some(address.into());
        self
    }

    /// Goes through the proxy that the environment names (`HTTPS_PROXY`, `NO_PROXY` and so on).
    ///
    /// Without this, the environment is not looked at.
    pub fn proxy_from_environment(mut self) -> Self {
        self.environment_proxy = true;
        self
    }

    /// Trusts these certificates too: one or more, in PEM.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Trusts the given certificates alone; the system's are not even read.
    pub fn without_system_certificates(mut self) -> Self {
        self.system_roots = false;
        self
    }

    /// Tries again like this.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Keeps this pace.
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = pacing;
        self
    }

    /// The client.
    ///
    /// No connection is made and no certificate of the system is read before the first call.
    ///
    /// # Errors
    ///
    /// When something given cannot be used, or the token would travel where it can be read.
    pub fn build(self) -> Result<Client, Error> {
        let is_github = self.profile.as_ref() == Some(&ServerProfile::github());
        let base = BaseUrl::read(&self.base_url, is_github)?;
        let token = self.token?;
        if token.is_some() && base.is_exposed() && !self.allow_plain_http {
            return Err(Invalid::new(
                "base_url",
                "is plain http, where anybody on the way can read the token; \
                 use https, or `allow_plain_http` if you must",
            )
            .into());
        }
        let user_agent = HeaderValue::from_str(self.user_agent.trim())
            .ok()
            .filter(|name| !name.is_empty())
            .ok_or_else(|| {
                Invalid::new(
                    "user_agent",
                    "is empty or has characters a header cannot have",
                )
            })?;
        for (field, timeout) in [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
        ] {
            if timeout.is_zero() {
                return Err(
                    Invalid::new(field, "is zero, which leaves no time for anything").into(),
                );
            }
        }
        let settings = Settings {
            connect_timeout: self.connect_timeout,
            environment_proxy: self.environment_proxy,
            proxy: self.proxy.as_deref().map(transport::proxy).transpose()?,
            roots: Roots::read(&self.roots, self.system_roots)?,
        };
        let expected = self
            .profile
            .clone()
            .unwrap_or_else(|| base.expected_profile());
        let has_limits = expected.counts() && (base.is_githubs() || self.profile.is_some());
        Ok(Client::new(Core {
            token,
            user_agent,
            timeout: self.timeout,
            transport: Transport::new(settings),
            retry: self.retry,
            pacer: Pacer::new(self.pacing, has_limits),
            server: std::sync::Mutex::new(expected),
            is_told: self.profile.is_some(),
            base,
        }))
    }
}

#[cfg(feature = "blocking")]
impl ClientBuilder {
    /// A client that needs no `async`, for small tools; it has a thread of its own.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`], and when the thread cannot be started.
    pub fn build_blocking(self) -> Result<crate::blocking::Client, Error> {
        crate::blocking::Client::new(self.build()?)
    }
}

/// Shows where it leads, and nothing secret.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("profile", &self.profile)
            .field("user_agent", &self.user_agent)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retry", &self.retry)
            .field("pacing", &self.pacing)
            .finish_non_exhaustive()
    }
}
