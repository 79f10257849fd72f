//! Media types in `Accept`.

/// The media types that a request accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Media {
    /// The value of `X-GitHub-Media-Type`.
    pub(crate) echo: String,
    previews: Vec<String>,
}

/// Previews that GitHub echoes by name. Others are echoed as parameters of `v3`.
const DEPLOYMENT_PREVIEWS: [&str; 3] = ["ant-man-preview", "cannonball-preview", "flash-preview"];

impl Media {
    /// Parses `Accept`, or returns `None` if it excludes JSON. An empty header accepts everything.
    pub(crate) fn parse(accept: Option<&str>) -> Option<Media> {
        let accept = accept.filter(|it| !it.trim().is_empty());
        let mut media = Media::default();
        let mut echoes: Vec<String> = Vec::new();
        for part in accept.unwrap_or("*/*").split(',') {
            let range = part.split(';').next().unwrap_or_default().trim();
            let Some(version) = version_of(range) else {
                continue;
            };
            if version.ends_with("-preview") {
                media.previews.push(version.to_owned());
            }
            let echo = echo(version);
            if !echoes.contains(&echo) {
                echoes.push(echo);
            }
        }
        media.echo = echoes.join(", ");
        (!echoes.is_empty()).then_some(media)
    }

    pub(crate) fn has_preview(&self, name: &str) -> bool {
        self.previews
            .iter()
            .any(|it| it.strip_suffix("-preview") == Some(name))
    }
}

/// Returns the part between vendor and format: empty for plain JSON, `None` for foreign types.
fn version_of(range: &str) -> Option<&str> {
    match range {
        "*/*" | "application/*" | "application/json" | "application/vnd.github+json" => Some(""),
        _ => {
            let version = range.strip_prefix("application/vnd.github.")?;
            Some(version.strip_suffix("+json").unwrap_or(version))
        }
    }
}

fn echo(version: &str) -> String {
    let (version, parameter) = match version.split_once('.') {
        Some((version, parameter)) => (version, Some(parameter)),
        None => (version, None),
    };
    match (version, parameter) {
        ("" | "v3" | "json", None) => "github.v3; format=json".to_owned(),
        ("beta", None) => "github.beta; format=json".to_owned(),
        (preview, None) if DEPLOYMENT_PREVIEWS.contains(&preview) => {
            format!("github.{preview}; format=json")
        }
        ("v3", Some(parameter)) | (parameter, _) => {
            format!("github.v3; param={parameter}; format=json")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echo_lists_understood_types() {
        let echo = |accept| Media::parse(accept).unwrap().echo;
        for plain in ["*/*", "application/json", "application/vnd.github+json"] {
            assert_eq!(echo(Some(plain)), "github.v3; format=json");
        }
        assert_eq!(echo(None), "github.v3; format=json");
        assert_eq!(
            echo(Some("application/vnd.github.v3.full+json")),
            "github.v3; param=full; format=json"
        );
        assert_eq!(
            echo(Some("application/vnd.github.machine-man-preview+json")),
            "github.v3; param=machine-man-preview; format=json"
        );
        assert_eq!(
            echo(Some(
                "application/vnd.github.ant-man-preview+json, application/vnd.github.flash-preview+json;q=0.9"
            )),
            "github.ant-man-preview; format=json, github.flash-preview; format=json"
        );
    }

    #[test]
    fn types_without_json_are_rejected() {
        assert_eq!(Media::parse(Some("text/html")), None);
        assert!(Media::parse(Some(" ")).is_some());
        assert!(Media::parse(Some("text/html, */*;q=0.1")).is_some());
    }
}
