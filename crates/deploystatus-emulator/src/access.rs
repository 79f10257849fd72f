//! Authentication and permissions.

pub(crate) mod token;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::access::token::{Token, TokenKind};
use crate::model::Repository;
use crate::model::operation::Need;
use crate::model::quirks::WriteWithoutPush;

/// The sender of a request.
#[derive(Clone, Debug)]
pub(crate) enum Actor {
    Anonymous,
    /// The request has a credential that is malformed, unknown or expired.
    Unknown,
    Known(Token),
}

/// The reason why an actor has no access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    NotFound,
    Unauthenticated,
    NotAccessibleByIntegration,
    NotAccessibleByToken,
    NoPush,
    Suspended,
}

/// The valid tokens. While there are none, every token is valid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens(BTreeMap<String, Token>);

impl Tokens {
    pub(crate) fn add(&mut self, token: Token) {
        self.0.insert(token.value.clone(), token);
    }

    /// Returns the sender of a request with this `Authorization` header.
    pub(crate) fn identify(&self, authorization: Option<&str>, now: Timestamp) -> Actor {
        let Some(authorization) = authorization else {
            return Actor::Anonymous;
        };
        let Some(token) = parse_authorization(authorization) else {
            return Actor::Unknown;
        };
        if self.0.is_empty() {
            return Actor::Known(Token::classic(token));
        }
        match self.0.get(&token) {
            Some(known) if known.expires_at.is_none_or(|end| end > now) => {
                Actor::Known(known.clone())
            }
            _ => Actor::Unknown,
        }
    }
}

impl Actor {
    /// Returns the login of the actor, or `None` if it is not authenticated.
    pub(crate) fn login(&self) -> Option<&str> {
        match self {
            Actor::Anonymous | Actor::Unknown => None,
            Actor::Known(token) => Some(&token.login),
        }
    }

    /// Checks that the actor has the needed access to a repository.
    pub(crate) fn check(
        &self,
        need: Need,
        repository: &Repository,
        without_push: WriteWithoutPush,
    ) -> Result<(), Denial> {
        let Actor::Known(token) = self else {
            return match (repository.private, need.is_write()) {
                (true, _) => Err(Denial::NotFound),
                (false, true) => Err(Denial::Unauthenticated),
                (false, false) => Ok(()),
            };
        };
        if token.suspended {
            return Err(Denial::Suspended);
        }
        if repository.private && !token.can_see(repository) {
            return Err(Denial::NotFound);
        }
        if token.is_allowed(need, repository) {
            return Ok(());
        }
        Err(match (token.kind, without_push) {
            (TokenKind::Classic, WriteWithoutPush::NotFound) => Denial::NotFound,
            (TokenKind::Classic, WriteWithoutPush::Forbidden) => Denial::NoPush,
            (TokenKind::FineGrained, _) => Denial::NotAccessibleByToken,
            (TokenKind::App | TokenKind::Actions, _) => Denial::NotAccessibleByIntegration,
        })
    }
}

/// Returns the token in an `Authorization` header.
fn parse_authorization(authorization: &str) -> Option<String> {
    let (scheme, value) = authorization.trim().split_once(' ')?;
    let value = value.trim();
    let token = match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => value.to_owned(),
        "basic" => {
            let decoded = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
            let (user, password) = decoded.split_once(':')?;
            // GitHub accepts a token as the password or, with one of these passwords, as the user.
            let is_token = !password.is_empty() && password != "x-oauth-basic";
            if is_token { password } else { user }.to_owned()
        }
        _ => return None,
    };
    (!token.is_empty()).then_some(token)
}
