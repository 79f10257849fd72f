//! From the server's JSON straight to a [`DeploymentStatus`].
//!
//! Statuses are decoded here and not by the generated types, so that a page costs one pass:
//! no second struct, accounts shared and left undecoded, fields we do not know kept.
//! A test holds this reading against the generated one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::value::RawValue;

use crate::{Account, App, DeploymentStatus, State};

/// Who reported the status that was read last, and most likely the next one too.
#[derive(Debug, Default)]
pub(crate) struct LastCreator(Mutex<Option<Account>>);

/// Reads one status.
pub(crate) fn single(
    json: &[u8],
    last: &LastCreator,
) -> Result<DeploymentStatus, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text(json)?);
    let mut creator = last.get();
    let status = Status {
        creator: &mut creator,
    }
    .deserialize(&mut json)?;
    json.end()?;
    last.set(creator);
    Ok(status)
}

/// Reads a page of statuses.
pub(crate) fn page(
    json: &[u8],
    last: &LastCreator,
) -> Result<Vec<DeploymentStatus>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text(json)?);
    let mut creator = last.get();
    let page = json.deserialize_seq(Page {
        creator: &mut creator,
    })?;
    json.end()?;
    last.set(creator);
    Ok(page)
}

impl LastCreator {
    fn get(&self) -> Option<Account> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, creator: Option<Account>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = creator;
    }
}

/// Checked once as a whole, the text need not be checked string by string.
fn text(json: &[u8]) -> Result<&str, serde_json::Error> {
    std::str::from_utf8(json).map_err(serde_json::Error::custom)
}

/// From any format that can carry JSON, though not as fast as from a response.
impl<'de> Deserialize<'de> for DeploymentStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        single(json.get().as_bytes(), &LastCreator::default()).map_err(D::Error::custom)
    }
}

struct Page<'a> {
    creator: &'a mut Option<Account>,
}

impl<'de> Visitor<'de> for Page<'_> {
    type Value = Vec<DeploymentStatus>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of deployment statuses")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut statuses = Vec::with_capacity(100);
        while let Some(status) = seq.next_element_seed(Status {
            creator: self.creator,
        })? {
            statuses.push(status);
        }
        statuses.shrink_to_fit();
        Ok(statuses)
    }
}

/// One status, which may share its creator with the one before it.
struct Status<'a> {
    creator: &'a mut Option<Account>,
}

impl<'de> DeserializeSeed<'de> for Status<'_> {
    type Value = DeploymentStatus;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Status<'_> {
    type Value = DeploymentStatus;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a deployment status")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut id, mut state, mut created_at) = (None, None, None);
        let mut status = blank();
        while let Some(key) = map.next_key()? {
            match key {
                Key::Id => id = Some(map.next_value()?),
                Key::State => state = Some(map.next_value()?),
                Key::CreatedAt => created_at = Some(map.next_value()?),
                Key::UpdatedAt => {
                    let Text(text) = map.next_value()?;
                    status.updated_at = text.and_then(|text| text.parse::<Timestamp>().ok());
                }
                Key::NodeId => status.node_id = map.next_value::<Text>()?.0,
                Key::Description => status.description = map.next_value::<Text>()?.0,
                Key::Environment => status.environment = map.next_value::<Text>()?.0,
                Key::LogUrl => status.log_url = map.next_value::<Text>()?.0,
                Key::TargetUrl => status.target_url = map.next_value::<Text>()?.0,
                Key::EnvironmentUrl => {
                    status.environment_url = map.next_value::<Text>()?.0;
                    status.shows_environment_url = true;
                }
                Key::Url => status.url = map.next_value::<Text>()?.0,
                Key::DeploymentUrl => status.deployment_url = map.next_value::<Text>()?.0,
                Key::RepositoryUrl => status.repository_url = map.next_value::<Text>()?.0,
                Key::Creator => {
                    let json: &RawValue = map.next_value()?;
                    let same = self
                        .creator
                        .as_ref()
                        .is_some_and(|it| it.json() == json.get());
                    if !same {
                        *self.creator = Account::new(json);
                    }
                    status.creator.clone_from(self.creator);
                }
                Key::App => status.performed_via_github_app = App::new(map.next_value()?),
                Key::Other(name) => {
                    status.extra.insert(name, map.next_value()?);
                }
            }
        }
        status.id = id.ok_or_else(|| A::Error::missing_field("id"))?;
        status.state = state.ok_or_else(|| A::Error::missing_field("state"))?;
        status.created_at = created_at.ok_or_else(|| A::Error::missing_field("created_at"))?;
        if status.log_url.is_none() {
            status.log_url.clone_from(&status.target_url);
        }
        Ok(status)
    }
}

fn blank() -> DeploymentStatus {
    DeploymentStatus {
        id: 0,
        node_id: None,
        state: State::Pending,
        creator: None,
        description: None,
        environment: None,
        log_url: None,
        target_url: None,
        environment_url: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: None,
        url: None,
        deployment_url: None,
        repository_url: None,
        performed_via_github_app: None,
        extra: BTreeMap::new(),
        shows_environment_url: false,
    }
}

enum Key {
    Id,
    NodeId,
    State,
    Creator,
    Description,
    Environment,
    LogUrl,
    TargetUrl,
    EnvironmentUrl,
    CreatedAt,
    UpdatedAt,
    Url,
    DeploymentUrl,
    RepositoryUrl,
    App,
    Other(String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }

            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(match name {
                    "id" => Key::Id,
                    "node_id" => Key::NodeId,
                    "state" => Key::State,
                    "creator" => Key::Creator,
                    "description" => Key::Description,
                    "environment" => Key::Environment,
                    "log_url" => Key::LogUrl,
                    "target_url" => Key::TargetUrl,
                    "environment_url" => Key::EnvironmentUrl,
                    "created_at" => Key::CreatedAt,
                    "updated_at" => Key::UpdatedAt,
                    "url" => Key::Url,
                    "deployment_url" => Key::DeploymentUrl,
                    "repository_url" => Key::RepositoryUrl,
                    "performed_via_github_app" => Key::App,
                    other => Key::Other(other.to_owned()),
                })
            }
        }

        deserializer.deserialize_identifier(Name)
    }
}

/// A text, or nothing when it is empty, absent or not a text at all.
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
