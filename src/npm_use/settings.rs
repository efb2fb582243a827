//! Settings with which npm installs development although a command leaves it out (npm documentation,
//! "config": `include`, `omit`, and what stood for them before; environment variables in any case).

/// Settings that decide about development.
const KEYS: &[&str] = &["include", "omit", "also", "only", "production", "dev"];

/// How a setting begins in the environment.
const PREFIX: &[u8] = b"npm_config_";

/// The lines of an `.npmrc` that make it uncertain what commands leave out.
pub(super) fn doubtful_settings(text: &str) -> Vec<u32> {
    let is_doubtful = |line: &str| {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            return false;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, "true"));
        let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        let (key, value) = (plain(key), plain(value));
        let key = key.trim_end_matches("[]");
        let is_harmless = matches!(
            (key, value.as_str()),
            ("omit", "dev") | ("production", "true") | ("only", "prod" | "production")
        );
        KEYS.contains(&key) && !is_harmless
    };
    let lines = (1_u32..).zip(text.lines());
    lines.filter(|(_, line)| is_doubtful(line)).map(|(number, _)| number).collect()
}

/// Where a text sets such a setting in the environment, in another way than to leave development out.
pub(super) fn doubtful_variables(text: &str) -> Vec<usize> {
    let lower = text.to_ascii_lowercase();
    let mut places = Vec::new();
    for place in memchr::memmem::find_iter(lower.as_bytes(), PREFIX) {
        let setting = &lower[place + PREFIX.len()..];
        let end = setting
            .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
            .unwrap_or(setting.len());
        let (key, rest) = setting.split_at(end);
        let value = rest.trim_start_matches(['"', '\'', ' ', '=', ':', '\t']);
        let is = |expected: &str| {
            value.strip_prefix(expected).is_some_and(|rest| {
                !rest.starts_with(|next: char| next.is_alphanumeric() || ",-_.$".contains(next))
            })
        };
        let is_harmless = match key {
            "omit" => is("dev"),
            "production" => is("true"),
            "only" => is("prod") || is("production"),
            _ => false,
        };
        if KEYS.contains(&key) && !is_harmless {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_may_bring_development_back_is_seen() {
        for (line, is_doubtful) in [
            ("include=dev", true),
            (" include = dev ", true),
            ("include[]=dev", true),
            ("production=false", true),
            ("omit=optional", true),
            ("omit=", true),
            ("dev", true),
            ("also=development", true),
            ("omit=dev", false),
            ("production = true", false),
            ("; include=dev", false),
            ("fund=false", false),
        ] {
            assert_eq!(!doubtful_settings(line).is_empty(), is_doubtful, "{line}");
        }
    }

    #[test]
    fn so_is_one_in_the_environment() {
        for (line, is_doubtful) in [
            ("ENV NPM_CONFIG_PRODUCTION=false", true),
            ("\"NPM_CONFIG_PRODUCTION\": { \"value\": \"false\" }", true),
            ("npm_config_include: dev", true),
            ("Npm_Config_Omit=optional", true),
            ("NPM_CONFIG_OMIT=dev,optional", true),
            ("NPM_CONFIG_OMIT=$OMIT", true),
            ("NPM_CONFIG_OMIT=dev", false),
            ("NPM_CONFIG_PRODUCTION: \"true\"", false),
            ("NPM_CONFIG_LOGLEVEL=warn", false),
        ] {
            assert_eq!(!doubtful_variables(line).is_empty(), is_doubtful, "{line}");
        }
    }
}
