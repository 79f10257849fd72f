//! Tokens and token sources.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::header::HeaderValue;

use crate::error::{Error, ErrorKind, Source};
use crate::model::invalid_value::InvalidValue;

type TokenFuture = Pin<Box<dyn Future<Output = Result<String, Source>> + Send>>;

/// A fixed token, or a source that is called before every request.
#[derive(Clone)]
pub(crate) enum Token {
    Fixed(HeaderValue),
    Source(Arc<dyn Fn() -> TokenFuture + Send + Sync>),
}

impl Token {
    pub(crate) fn fixed(token: &str) -> Result<Self, InvalidValue> {
        header(token).map(Self::Fixed)
    }

    pub(crate) fn source<F, Fut, E>(source: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<Source>,
    {
        Self::Source(Arc::new(move || {
            let token = source();
            Box::pin(async move { token.await.map_err(Into::into) })
        }))
    }

    /// Returns `true` if the token comes from a source, which may return another one on the next call.
    pub(crate) fn is_source(&self) -> bool {
        matches!(self, Self::Source(_))
    }

    /// Returns the value of the `Authorization` header.
    pub(crate) async fn header(&self) -> Result<HeaderValue, Error> {
        match self {
            Self::Fixed(value) => Ok(value.clone()),
            Self::Source(source) => {
                let failed = || Error::new(ErrorKind::TokenSource, "the token source failed");
                let token = source()
                    .await
                    .map_err(|error| failed().with_source(error))?;
                // An invalid token may be temporary, so it is an error of the source, which is retried.
                header(&token).map_err(|error| failed().with_source(error))
            }
        }
    }
}

/// Prints the kind of the token without its value.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed(…)",
            Self::Source(_) => "Source(…)",
        })
    }
}

fn header(token: &str) -> Result<HeaderValue, InvalidValue> {
    let token = token.trim();
    if token.is_empty() {
        return Err(InvalidValue::new("token", "the token is empty"));
    }
    let is_printable = token.bytes().all(|byte| byte.is_ascii_graphic());
    match HeaderValue::try_from(format!("Bearer {token}")) {
        Ok(mut value) if is_printable => {
            value.set_sensitive(true);
            Ok(value)
        }
        _ => Err(InvalidValue::new(
            "token",
            "the token contains a space or another character that tokens never contain",
        )),
    }
}

/// Removes the token from a text that the server sent.
///
/// A token of less than 12 characters is not removed, because it may occur in ordinary words.
/// All tokens of GitHub are longer.
pub(crate) fn scrub(text: String, token: Option<&HeaderValue>) -> String {
    let secret = token
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match secret {
        Some(secret) if secret.len() >= MIN_TOKEN && text.contains(secret) => {
            text.replace(secret, "…")
        }
        _ => text,
    }
}

const MIN_TOKEN: usize = 12;
