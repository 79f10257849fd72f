//! Server, repository, deployment, token and outbox, from arguments, environment and event file.

pub(crate) mod given;
pub(crate) mod pipeline;
pub(crate) mod token;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use deploystatus::{Client, Deployment};

use crate::advice;
use crate::arguments::TargetArgs;
use crate::arguments::report::OutboxArgs;
use crate::environment::{path, variable};
use crate::error::{Error, Missing};
use crate::escape::secrets::without_secrets;
use crate::event_file;
use crate::output::Output;

use given::Given;
use token::TokenSource;

/// The arguments and environment variables that select a deployment.
pub(crate) struct Settings {
    target: TargetArgs,
    /// Time limit for a connection, or `None` for the default.
    connect_timeout: Option<Duration>,
    /// The token's source after the first reading, because standard input and pipes cannot be read again.
    token: OnceLock<Option<TokenSource>>,
}

impl Settings {
    pub(crate) fn new(target: TargetArgs) -> Self {
        Self {
            target,
            connect_timeout: None,
            token: OnceLock::new(),
        }
    }

    /// Returns the same settings with a time limit for a connection.
    pub(crate) fn with_connect_timeout(&self, timeout: Duration) -> Self {
        Self {
            target: self.target.clone(),
            connect_timeout: Some(timeout),
            token: self.token.clone(),
        }
    }

    /// Returns a client for the server.
    pub(crate) fn client(&self, output: &Output) -> Result<Client, Error> {
        match self.token()? {
            Some(token) => self.client_with(token, output),
            None => Err(Error::Missing(vec![missing_token()])),
        }
    }

    /// Returns the deployment.
    ///
    /// # Errors
    ///
    /// Returns one error that lists all missing settings.
    pub(crate) fn deployment(&self, output: &Output) -> Result<Deployment, Error> {
        let mut missing = Vec::new();
        let repository = require(self.repository()?, &mut missing, missing_repository);
        let id = require(self.deployment_id()?, &mut missing, missing_deployment);
        let token = require(self.token()?, &mut missing, missing_token);
        let (Some(repository), Some(id), Some(token)) = (repository, id, token) else {
            return Err(Error::Missing(missing));
        };
        let client = self.client_with(token, output)?;
        let deployment = client.deployment(&repository.value, id);
        deployment.map_err(|error| match advice::invalid_field(&error) {
            Some("repository" | "owner" | "repo") => {
                let Given { value, origin } = &repository;
                Error::invalid("repository", value, origin, "OWNER/NAME")
            }
            _ => Error::call("select the deployment")(error),
        })
    }

    /// Returns the base URL of the API.
    pub(crate) fn api_url(&self) -> Result<Given, Error> {
        if let Some(url) = &self.target.api_url {
            return Ok(Given::new(url, "--api-url"));
        }
        Ok(match variable("GITHUB_API_URL")? {
            Some(url) => Given::new(url, "GITHUB_API_URL"),
            None => Given::new("https://api.github.com", "the default"),
        })
    }

    /// Creates a client without a token, which shows whether the URL is valid.
    pub(crate) fn anonymous_client(&self) -> Result<Client, Error> {
        let url = self.api_url()?;
        let client = Client::builder().base_url(&url.value).build();
        client.map_err(|error| self.explain(error, &url))
    }

    /// Returns the token's source, or `None` if no token is given.
    ///
    /// # Errors
    ///
    /// Returns an error if the token file cannot be read or is empty.
    pub(crate) fn token(&self) -> Result<Option<TokenSource>, Error> {
        if let Some(token) = self.token.get() {
            return Ok(token.clone());
        }
        let token = self.read_token()?;
        Ok(self.token.get_or_init(|| token).clone())
    }

    fn read_token(&self) -> Result<Option<TokenSource>, Error> {
        if let Some(path) = &self.target.token_file {
            return TokenSource::from_file(path).map(Some);
        }
        for name in ["GITHUB_TOKEN", "GH_TOKEN"] {
            if let Some(token) = variable(name)? {
                return Ok(Some(TokenSource::from_variable(name, &token)));
            }
        }
        Ok(None)
    }

    fn repository(&self) -> Result<Option<Given>, Error> {
        if let Some(name) = &self.target.repo {
            return Ok(Some(Given::new(name, "--repo")));
        }
        let name = variable("GITHUB_REPOSITORY")?;
        Ok(name.map(|name| Given::new(name, "GITHUB_REPOSITORY")))
    }

    fn deployment_id(&self) -> Result<Option<u64>, Error> {
        if let Some(id) = self.target.deployment {
            return Ok(Some(id));
        }
        if let Some(text) = variable("DEPLOYSTATUS_DEPLOYMENT")? {
            let id = text.parse().ok().filter(|id| *id > 0);
            let invalid = || {
                let origin = "DEPLOYSTATUS_DEPLOYMENT";
                Error::invalid("deployment", &text, origin, "a number such as 42")
            };
            return id.map(Some).ok_or_else(invalid);
        }
        match path("GITHUB_EVENT_PATH") {
            Some(path) => event_file::deployment_id(&path).map_err(Error::Usage),
            None => Ok(None),
        }
    }

    fn client_with(&self, token: TokenSource, output: &Output) -> Result<Client, Error> {
        let url = self.api_url()?;
        let mut builder = Client::builder()
            .base_url(&url.value)
            .on_delay(output.delay_listener());
        if self.target.allow_plain_http {
            builder = builder.allow_plain_http();
        }
        if let Some(timeout) = self.connect_timeout {
            builder = builder.connect_timeout(timeout);
        }
        let origin = token.origin();
        let builder = match token {
            TokenSource::Value { token, .. } => builder.token(token),
            TokenSource::File(path) => builder.token_source(move || {
                let token = token::read(&path);
                async move { token }
            }),
        };
        let client = builder
            .build()
            .map_err(|error| match advice::invalid_field(&error) {
                Some("token") => Error::Usage(format!(
                    "invalid token (from {origin}): expected letters, digits and punctuation without spaces"
                )),
                _ => self.explain(error, &url),
            })?;
        output.set_client(&client);
        Ok(client)
    }

    /// Returns the error for a client that cannot be created because of the URL.
    fn explain(&self, error: deploystatus::Error, url: &Given) -> Error {
        let is_plain = url.value.trim_start().starts_with("http://");
        match advice::invalid_field(&error) {
            Some("base_url") if is_plain && !self.target.allow_plain_http => Error::Usage(format!(
                "insecure API URL {:?} (from {}): the token would be sent without encryption; use https:// or --allow-plain-http",
                without_secrets(&url.value),
                url.origin
            )),
            Some("base_url") => Error::invalid(
                "API URL",
                &without_secrets(&url.value),
                url.origin,
                "a URL such as https://github.example.com/api/v3, without user name, query and fragment",
            ),
            _ => Error::call("create the client")(error),
        }
    }
}

/// Returns the outbox directory.
pub(crate) fn outbox_directory(arguments: &OutboxArgs) -> Result<PathBuf, Error> {
    let home = || Some(path("HOME")?.join(".local/state"));
    let state = || {
        let base = path("XDG_STATE_HOME").or_else(home);
        let base = base.or_else(|| path("LOCALAPPDATA"))?;
        Some(base.join("deploystatus").join("outbox"))
    };
    let given = arguments.outbox.clone();
    let directory = given.or_else(|| path("DEPLOYSTATUS_OUTBOX")).or_else(state);
    directory.ok_or_else(|| {
        Error::Missing(vec![Missing {
            what: "outbox",
            fix: "use --outbox DIR or set DEPLOYSTATUS_OUTBOX".to_owned(),
        }])
    })
}

/// Returns the value; a missing one is added to the list.
fn require<T>(
    value: Option<T>,
    missing: &mut Vec<Missing>,
    describe: impl FnOnce() -> Missing,
) -> Option<T> {
    if value.is_none() {
        missing.push(describe());
    }
    value
}

fn missing_repository() -> Missing {
    Missing {
        what: "repository",
        fix: "use --repo OWNER/NAME or set GITHUB_REPOSITORY".to_owned(),
    }
}

fn missing_deployment() -> Missing {
    let event = |path: &Path| {
        format!(
            "use --deployment ID (the event at {} has no deployment, because the workflow was not started by one)",
            path.display()
        )
    };
    Missing {
        what: "deployment",
        fix: path("GITHUB_EVENT_PATH").map_or_else(
            || "use --deployment ID or set DEPLOYSTATUS_DEPLOYMENT".to_owned(),
            |path| event(&path),
        ),
    }
}

fn missing_token() -> Missing {
    Missing {
        what: "token",
        fix: "set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (there is no flag for the token itself, because other users could see it)".to_owned(),
    }
}
