//! The builder of a client.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::Client;
use crate::call::cache::Cache;
use crate::call::core::{Clock, Core, Warned};
use crate::call::delay::{Delay, Listener};
use crate::call::pacing::{Pacer, Pacing};
use crate::call::retry::RetryPolicy;
use crate::error::Error;
use crate::http::base_url::BaseUrl;
use crate::http::profile::ServerProfile;
use crate::http::token::Token;
use crate::http::transport::{ProxySetting, Roots, Settings, Transport, parse_proxy};
use crate::model::invalid_value::InvalidValue;

/// A builder for [`Client`]. All settings are optional.
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    token: Result<Option<Token>, InvalidValue>,
    allow_plain_http: bool,
    profile: Option<ServerProfile>,
    user_agent: String,
    timeout: Duration,
    connect_timeout: Duration,
    proxy: Result<ProxySetting, InvalidValue>,
    roots: Vec<Vec<u8>>,
    system_roots: bool,
    retry: RetryPolicy,
    pacing: Pacing,
    listener: Listener,
}

impl Client {
    /// Creates a client for github.com with this token and the default settings.
    ///
    /// # Errors
    ///
    /// Returns an error if the token is empty or contains characters that tokens never contain.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        Self::builder().token(token).build()
    }

    /// Creates a builder. All settings are optional.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }
}

impl ClientBuilder {
    fn new() -> Self {
        Self {
            base_url: "https://api.github.com".to_owned(),
            token: Ok(None),
            allow_plain_http: false,
            profile: None,
            user_agent: concat!("deploystatus/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            proxy: Ok(ProxySetting::Environment),
            roots: Vec::new(),
            system_roots: true,
            retry: RetryPolicy::new(),
            pacing: Pacing::new(),
            listener: Listener::default(),
        }
    }

    /// Sets the token (any kind of GitHub token).
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Token::fixed(&token.into()).map(Some);
        self
    }

    /// Sets a function that returns a token.
    ///
    /// The function is called before every request, because the tokens of apps expire after an hour.
    /// If the server responds 401, the function is called again after one second, and once more after another three,
    /// because GitHub needs some seconds until all its servers accept a new token.
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
        self.token = Ok(Some(Token::source(source)));
        self
    }

    /// Sets the base URL of the API. Defaults to `https://api.github.com`.
    ///
    /// `/api/v3` is added to the URL of an Enterprise Server without a path.
    /// `https://TENANT.ghe.com` becomes `https://api.TENANT.ghe.com`, and `https://github.com` becomes the default.
    /// Loopback addresses are used as they are. [`Client::base_url`] returns the result.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Allows sending the token over plain `http` to other machines.
    ///
    /// All machines on the network path can then read the token.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Sets the server profile. Defaults to detecting it from the base URL and the responses.
    pub fn profile(mut self, profile: ServerProfile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// Sets the `User-Agent`, which GitHub requires. Defaults to `deploystatus/` and the version.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Sets the timeout of one request, response included. Defaults to 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the timeout for establishing a connection. Defaults to 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the URL of a proxy. Defaults to the proxy of the environment (`HTTPS_PROXY`, `NO_PROXY` and so on).
    ///
    /// Requests to loopback addresses never use a proxy.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = parse_proxy(&url.into()).map(ProxySetting::Given);
        self
    }

    /// Disables all proxies, including the proxy of the environment.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Ok(ProxySetting::None);
        self
    }

    /// Adds one or more trusted certificates in PEM format.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Disables the certificates of the system.
    ///
    /// Only [`root_certificates`](Self::root_certificates) are trusted then.
    pub fn without_system_certificates(mut self) -> Self {
        self.system_roots = false;
        self
    }

    /// Sets the retry policy. Defaults to [`RetryPolicy::new`].
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the pacing. Defaults to [`Pacing::new`].
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = pacing;
        self
    }

    /// Sets a function that is called whenever a call takes longer than one request.
    ///
    /// The function runs within the future of the call, so it must return quickly.
    pub fn on_delay(mut self, listener: impl Fn(&Delay<'_>) + Send + Sync + 'static) -> Self {
        self.listener = Listener::new(listener);
        self
    }

    /// Creates the client.
    ///
    /// The client connects, and reads the system's certificates, only when it sends its first request.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is invalid, or if the token would be sent over plain `http` to another machine.
    pub fn build(self) -> Result<Client, Error> {
        let is_github = self.profile.as_ref().is_some_and(ServerProfile::is_github);
        let base = BaseUrl::parse(&self.base_url, is_github)?;
        let token = self.token?;
        if token.is_some() && base.is_exposed() && !self.allow_plain_http {
            let problem = format!("insecure base URL {:?}", base.text);
            return Err(InvalidValue::new("base_url", problem)
                .expected("expected https, because http would expose the token")
                .into());
        }
        check_timeout("timeout", self.timeout)?;
        check_timeout("connect_timeout", self.connect_timeout)?;
        let proxy = match self.proxy? {
            _ if base.is_loopback() => ProxySetting::None,
            proxy => proxy,
        };
        let settings = Settings {
            connect_timeout: self.connect_timeout,
            proxy,
            roots: Roots::parse(&self.roots, self.system_roots)?,
        };
        let has_explicit_profile = self.profile.is_some();
        let profile = self.profile.unwrap_or_else(|| base.expected_profile());
        let has_limits = profile.is_github() && (base.is_github() || has_explicit_profile);
        Ok(Client(Arc::new(Core {
            token,
            user_agent: user_agent(&self.user_agent)?,
            timeout: self.timeout,
            transport: Transport::new(settings),
            retry: self.retry,
            pacer: Pacer::new(self.pacing, has_limits),
            profile: Mutex::new(profile),
            has_explicit_profile,
            cache: Cache::default(),
            warned: Warned::default(),
            clock: Clock::default(),
            listener: self.listener,
            base,
        })))
    }
}

fn user_agent(name: &str) -> Result<HeaderValue, InvalidValue> {
    let value = HeaderValue::from_str(name.trim()).ok();
    value.filter(|name| !name.is_empty()).ok_or_else(|| {
        InvalidValue::new("user_agent", format!("invalid user agent {name:?}"))
            .expected("expected printable characters")
    })
}

fn check_timeout(field: &'static str, timeout: Duration) -> Result<(), InvalidValue> {
    if timeout.is_zero() {
        let problem = format!("{field} must be greater than zero");
        return Err(InvalidValue::new(field, problem));
    }
    Ok(())
}

/// Prints the settings without secrets.
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
