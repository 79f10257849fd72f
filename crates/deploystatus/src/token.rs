//! What a client proves itself with.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::header::HeaderValue;

use crate::error::Failed;
use crate::{Error, Invalid};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Asking = Pin<Box<dyn Future<Output = Result<String, BoxError>> + Send>>;

/// A token, or where to ask for one before every attempt.
#[derive(Clone)]
pub(crate) enum Token {
    Fixed(HeaderValue),
    Asked(Arc<dyn Fn() -> Asking + Send + Sync>),
}

impl Token {
    pub(crate) fn fixed(token: &str) -> Result<Self, Invalid> {
        header(token).map(Self::Fixed)
    }

    pub(crate) fn asked<F, Fut, E>(source: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self::Asked(Arc::new(move || {
            let asking = source();
            Box::pin(async move { asking.await.map_err(Into::into) })
        }))
    }

    /// The value of the header that carries it.
    pub(crate) async fn header(&self) -> Result<HeaderValue, Error> {
        match self {
            Self::Fixed(value) => Ok(value.clone()),
            Self::Asked(source) => {
                let token = source().await.map_err(|cause| {
                    Error::NoToken(Failed {
                        what: "the source of tokens failed".to_owned(),
                        cause: Some(cause),
                    })
                })?;
                Ok(header(&token)?)
            }
        }
    }
}

/// Says what kind it is and nothing of what it holds.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed(…)",
            Self::Asked(_) => "Asked(…)",
        })
    }
}

fn header(token: &str) -> Result<HeaderValue, Invalid> {
    let token = token.trim();
    if token.is_empty() {
        return Err(Invalid::new("token", "is empty"));
    }
    let readable = token.bytes().all(|byte| byte.is_ascii_graphic());
    let value = HeaderValue::try_from(format!("Bearer {token}"));
    match value {
        Ok(mut value) if readable => {
            value.set_sensitive(true);
            Ok(value)
        }
        _ => Err(Invalid::new(
            "token",
            "has a space or another character that tokens do not have",
        )),
    }
}

/// Takes a token out of a text that a server wrote.
///
/// What is shorter than any real token is left, because it may stand in any word.
pub(crate) fn scrub(text: String, token: Option<&HeaderValue>) -> String {
    let secret = token
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match secret {
        Some(secret) if secret.len() >= SHORTEST && text.contains(secret) => {
            text.replace(secret, "…")
        }
        _ => text,
    }
}

const SHORTEST: usize = 12;
