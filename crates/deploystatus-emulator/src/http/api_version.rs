//! The header `X-GitHub-Api-Version`.

use http::HeaderMap;
use jiff::Timestamp;

use crate::model::profile::Profile;

/// The API version that a request selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiVersion {
    /// A supported version, or `None` on servers that ignore the header.
    Selected(Option<&'static str>),
    Unknown(String),
    Retired,
}

/// End of support of the first version: 2028-03-10T00:00:00Z.
const END_OF_FIRST_VERSION: Timestamp = Timestamp::constant(1_836_259_200, 0);

impl ApiVersion {
    /// Reads the version from the headers of a request. Defaults to the oldest supported version.
    pub(crate) fn parse(profile: Profile, headers: &HeaderMap, now: Timestamp) -> ApiVersion {
        let all = profile.api_versions();
        // An Enterprise Server keeps supporting the versions of its release.
        let first_is_retired = !profile.is_enterprise() && now >= END_OF_FIRST_VERSION;
        let supported = if first_is_retired { &all[1..] } else { all };
        let Some(default) = supported.first() else {
            return ApiVersion::Selected(None);
        };
        let Some(requested) = headers.get("x-github-api-version") else {
            return ApiVersion::Selected(Some(default));
        };
        let requested = String::from_utf8_lossy(requested.as_bytes());
        if let Some(version) = supported.iter().find(|it| **it == requested) {
            ApiVersion::Selected(Some(version))
        } else if all.contains(&requested.as_ref()) {
            ApiVersion::Retired
        } else {
            ApiVersion::Unknown(requested.into_owned())
        }
    }

    /// Returns the supported version that was selected, if the server has versions.
    pub(crate) fn selected(&self) -> Option<&'static str> {
        match self {
            ApiVersion::Selected(version) => *version,
            ApiVersion::Unknown(_) | ApiVersion::Retired => None,
        }
    }
}

/// Returns the `errors` of the response to an unknown version.
pub(crate) fn unknown_version_error(profile: Profile, requested: &str) -> String {
    let quoted = |version: &&str| format!("\"{version}\"");
    let versions: Vec<String> = profile.api_versions().iter().map(quoted).collect();
    let supported = match versions.as_slice() {
        [older, newest] => format!("{newest} (most recent) and {older}"),
        versions => versions.join(", "),
    };
    format!(
        "The version you specified in the \"X-GitHub-API-Version\" request header, \
         \"{requested}\", is not a supported version. \
         The following versions are currently supported: {supported}."
    )
}
