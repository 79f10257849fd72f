//! Who asks, and what they may do.

mod token;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

pub use token::Token;
pub(crate) use token::TokenKind;

use crate::record::Repository;
use crate::switches::WriteWithoutPush;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Actor {
    Anonymous,
    Known(Token),
}

/// What an operation wants of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    See,
    ReadDeployments,
    WriteDeployments,
}

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    NotFound,
    Unauthenticated,
    NotAccessibleByIntegration,
    NotAccessibleByToken,
    NoPush,
    Suspended,
}

/// A credential was presented that nobody gave out.
#[derive(Debug)]
pub(crate) struct BadCredential;

/// The tokens that were given out.
///
/// As long as there are none, any token will do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens(BTreeMap<String, Token>);

impl Tokens {
    pub(crate) fn add(&mut self, token: Token) {
        self.0.insert(token.value.clone(), token);
    }

    /// Who presents this `Authorization`.
    pub(crate) fn identify(
        &self,
        authorization: Option<&str>,
        now: Timestamp,
    ) -> Result<Actor, BadCredential> {
        let Some(authorization) = authorization else {
            return Ok(Actor::Anonymous);
        };
        let token = presented(authorization).ok_or(BadCredential)?;
        if self.0.is_empty() {
            return Ok(Actor::Known(Token::classic(token)));
        }
        let known = self.0.get(&token).ok_or(BadCredential)?;
        if known.expires_at.is_some_and(|end| end <= now) {
            return Err(BadCredential);
        }
        Ok(Actor::Known(known.clone()))
    }
}

impl Actor {
    /// The login under which they act; the anonymous have none.
    pub(crate) fn login(&self) -> Option<&str> {
        match self {
            Actor::Anonymous => None,
            Actor::Known(token) => Some(&token.login),
        }
    }

    /// Whether they may do this to a repository.
    pub(crate) fn check(
        &self,
        need: Need,
        repository: &Repository,
        without_push: WriteWithoutPush,
    ) -> Result<(), Denial> {
        let writes = need == Need::WriteDeployments;
        let Actor::Known(token) = self else {
            return match (repository.private, writes) {
                (true, _) => Err(Denial::NotFound),
                (false, true) => Err(Denial::Unauthenticated),
                (false, false) => Ok(()),
            };
        };
        if token.suspended {
            return Err(Denial::Suspended);
        }
        let reaches = token.reaches(&repository.full_name());
        if repository.private && !(reaches && token.sees_private()) {
            return Err(Denial::NotFound);
        }
        match token.kind {
            TokenKind::Classic if !writes => Ok(()),
            TokenKind::Classic if reaches && token.may_push(repository.private) => Ok(()),
            TokenKind::Classic => Err(match without_push {
                WriteWithoutPush::NotFound => Denial::NotFound,
                WriteWithoutPush::Forbidden => Denial::NoPush,
            }),
            TokenKind::FineGrained | TokenKind::App | TokenKind::Actions => {
                let open = !repository.private && !writes;
                if need == Need::See || open || (reaches && token.is_permitted(writes)) {
                    Ok(())
                } else {
                    Err(token.denial())
                }
            }
        }
    }
}

/// The token in an `Authorization` header, whichever way it is written.
fn presented(authorization: &str) -> Option<String> {
    let (scheme, value) = authorization.trim().split_once(' ')?;
    let value = value.trim();
    let token = match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => value.to_owned(),
        "basic" => {
            let decoded = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
            let (user, password) = decoded.split_once(':')?;
            // A token may stand in either place.
            let is_token = !password.is_empty() && password != "x-oauth-basic";
            if is_token { password } else { user }.to_owned()
        }
        _ => return None,
    };
    (!token.is_empty()).then_some(token)
}
