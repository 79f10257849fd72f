//! Which deployment, on which server, with which token: from flags, the environment and the event file.

use std::path::{Path, PathBuf};
use std::{env, fs};

use deploystatus::{Client, Deployment};

use crate::arguments::{OutboxArguments, Place};
use crate::error::{Error, Missing};
use crate::event_file;

/// Everything the command knows before it sends anything.
pub(crate) struct Settings {
    place: Place,
    variable: fn(&str) -> Option<String>,
}

/// Where a token comes from.
pub(crate) enum TokenSource {
    /// The variable of this name.
    Variable(&'static str, String),
    File(PathBuf),
}

impl TokenSource {
    /// Where it comes from, for people.
    pub(crate) fn origin(&self) -> String {
        match self {
            Self::Variable(name, _) => (*name).to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The token itself, if it can be read just now.
    pub(crate) fn read(&self) -> Option<String> {
        match self {
            Self::Variable(_, token) => Some(token.trim().to_owned()),
            Self::File(path) => read_token(path).ok(),
        }
    }
}

impl Settings {
    pub(crate) fn from_process(place: Place) -> Self {
        Self {
            place,
            variable: |name| env::var(name).ok().filter(|value| !value.is_empty()),
        }
    }

    /// A client of the server.
    pub(crate) fn client(&self) -> Result<Client, Error> {
        let mut missing = Vec::new();
        let token = note(&mut missing, self.token()?, token_is_missing);
        let client = token.map(|token| self.client_with(token));
        client.unwrap_or(Err(Error::Missing(missing)))
    }

    /// A handle on the deployment.
    pub(crate) fn deployment(&self) -> Result<Deployment, Error> {
        let mut missing = Vec::new();
        let repository = note(&mut missing, self.repository(), repository_is_missing);
        let id = note(&mut missing, self.deployment_id()?, || {
            self.deployment_is_missing()
        });
        let token = note(&mut missing, self.token()?, token_is_missing);
        let (Some(repository), Some(id), Some(token)) = (repository, id, token) else {
            return Err(Error::Missing(missing));
        };
        let client = self.client_with(token)?;
        client
            .deployment(&repository, id)
            .map_err(Error::call("use what was given"))
    }

    /// The address of the API.
    pub(crate) fn api_url(&self) -> String {
        let given = self.place.api_url.clone();
        given
            .or_else(|| (self.variable)("GITHUB_API_URL"))
            .unwrap_or_else(|| "https://api.github.com".to_owned())
    }

    pub(crate) fn repository(&self) -> Option<String> {
        let given = self.place.repo.clone();
        given.or_else(|| (self.variable)("GITHUB_REPOSITORY"))
    }

    /// The number of the deployment, if it was given or the event is about one.
    pub(crate) fn deployment_id(&self) -> Result<Option<u64>, Error> {
        match (self.place.deployment, (self.variable)("GITHUB_EVENT_PATH")) {
            (Some(id), _) => Ok(Some(id)),
            (None, Some(path)) => event_file::deployment_id(Path::new(&path)).map_err(Error::Usage),
            (None, None) => Ok(None),
        }
    }

    /// The token's source. A file is read once already, so that one that cannot be read is told of at once.
    pub(crate) fn token(&self) -> Result<Option<TokenSource>, Error> {
        if let Some(path) = &self.place.token_file {
            let text = read_token(path).map_err(|source| Error::File {
                what: "read the token file",
                path: path.clone(),
                source,
            })?;
            if text.is_empty() {
                return Err(Error::Usage(format!(
                    "the token file has no token in it: {}",
                    path.display()
                )));
            }
            return Ok(Some(TokenSource::File(path.clone())));
        }
        let named = |name| Some(TokenSource::Variable(name, (self.variable)(name)?));
        Ok(named("GITHUB_TOKEN").or_else(|| named("GH_TOKEN")))
    }

    /// The page of the workflow's run, when there is one.
    pub(crate) fn run_page(&self) -> Option<String> {
        if !self.is_in_actions() {
            return None;
        }
        let server = (self.variable)("GITHUB_SERVER_URL")?;
        let repository = (self.variable)("GITHUB_REPOSITORY")?;
        let run = (self.variable)("GITHUB_RUN_ID")?;
        let server = server.trim_end_matches('/');
        Some(format!("{server}/{repository}/actions/runs/{run}"))
    }

    /// Where undelivered reports are kept.
    pub(crate) fn outbox(&self, given: &OutboxArguments) -> Result<PathBuf, Error> {
        let state = || {
            let state = (self.variable)("XDG_STATE_HOME").map(PathBuf::from);
            let home = || Some(PathBuf::from((self.variable)("HOME")?).join(".local/state"));
            let windows = || (self.variable)("LOCALAPPDATA").map(PathBuf::from);
            let base = state.or_else(home).or_else(windows)?;
            Some(base.join("deploystatus").join("outbox"))
        };
        let given = given.outbox.clone();
        given
            .or_else(|| (self.variable)("DEPLOYSTATUS_OUTBOX").map(PathBuf::from))
            .or_else(state)
            .ok_or_else(|| {
                Error::Missing(vec![Missing {
                    what: "outbox",
                    ways: "use --outbox DIR, or set DEPLOYSTATUS_OUTBOX".to_owned(),
                }])
            })
    }

    pub(crate) fn is_in_actions(&self) -> bool {
        (self.variable)("GITHUB_ACTIONS").as_deref() == Some("true")
    }

    fn client_with(&self, token: TokenSource) -> Result<Client, Error> {
        let mut builder = Client::builder()
            .base_url(self.api_url())
            .proxy_from_environment();
        if self.place.allow_plain_http {
            builder = builder.allow_plain_http();
        }
        let builder = match token {
            TokenSource::Variable(_, token) => builder.token(token.trim()),
            TokenSource::File(path) => builder.token_source(move || {
                let token = read_token(&path);
                async move { token }
            }),
        };
        builder.build().map_err(Error::call("use what was given"))
    }

    fn deployment_is_missing(&self) -> Missing {
        let event = match (self.variable)("GITHUB_EVENT_PATH") {
            None => "set GITHUB_EVENT_PATH to the file of an event that has one".to_owned(),
            Some(path) => format!(
                "run in a workflow that a deployment started (the event at GITHUB_EVENT_PATH, {path}, has no deployment.id)"
            ),
        };
        Missing {
            what: "deployment",
            ways: format!("use --deployment ID, or {event}"),
        }
    }
}

/// What is inside a piece; a missing one is noted.
fn note<T>(
    missing: &mut Vec<Missing>,
    piece: Option<T>,
    ways: impl FnOnce() -> Missing,
) -> Option<T> {
    if piece.is_none() {
        missing.push(ways());
    }
    piece
}

fn repository_is_missing() -> Missing {
    Missing {
        what: "repository",
        ways: "use --repo OWNER/NAME, or set GITHUB_REPOSITORY".to_owned(),
    }
}

fn token_is_missing() -> Missing {
    Missing {
        what: "token",
        ways: "set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (never a flag's value: others could see it)".to_owned(),
    }
}

fn read_token(path: &Path) -> std::io::Result<String> {
    Ok(fs::read_to_string(path)?.trim().to_owned())
}
