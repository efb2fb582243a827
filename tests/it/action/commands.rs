//! What the runner takes for a command in what a step prints (actions/runner, `ActionCommand` and
//! `ActionCommandManager`).

/// A command that the runner has acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) name: String,
    pub(super) properties: Vec<(String, String)>,
    pub(super) message: String,
}

/// Commands that the runner knows.
const KNOWN: &[&str] = &[
    "error",
    "warning",
    "notice",
    "debug",
    "group",
    "endgroup",
    "add-mask",
    "add-path",
    "add-matcher",
    "remove-matcher",
    "echo",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
];

impl Command {
    pub(super) fn property(&self, key: &str) -> &str {
        let mut properties = self.properties.iter();
        properties.find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }
}

/// Every command in a log, in order. Between `stop-commands` and its token there is none.
pub(super) fn commands(log: &str) -> Vec<Command> {
    let mut found = Vec::new();
    let mut stopped_by: Option<String> = None;
    for line in log.split(['\n', '\r']) {
        if let Some(token) = &stopped_by {
            if line.trim_start().starts_with(&format!("::{token}::")) {
                stopped_by = None;
            }
            continue;
        }
        let Some(command) = second_version(line).or_else(|| first_version(line)) else {
            continue;
        };
        if command.name == "stop-commands" {
            stopped_by = Some(command.message);
        } else {
            found.push(command);
        }
    }
    assert_eq!(stopped_by, None, "commands are on again in the end");
    found
}

/// `::name key=value,key=value::message`, from the beginning of the line.
fn second_version(line: &str) -> Option<Command> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties.split(',').filter_map(|property| {
        let (key, value) = property.split_once('=')?;
        let value = value.replace("%3A", ":").replace("%2C", ",");
        Some((key.trim().to_owned(), turned_back(&value)))
    });
    KNOWN.contains(&name).then(|| Command {
        name: name.to_owned(),
        properties: properties.collect(),
        message: turned_back(message),
    })
}

/// `##[name key=value;]message`, anywhere in the line.
fn first_version(line: &str) -> Option<Command> {
    let (_, rest) = line.split_once("##[")?;
    let (head, message) = rest.split_once(']')?;
    let name = head.split(' ').next()?;
    KNOWN.contains(&name).then(|| Command {
        name: name.to_owned(),
        properties: Vec::new(),
        message: message.to_owned(),
    })
}

fn turned_back(text: &str) -> String {
    text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

#[test]
fn a_command_is_one_wherever_the_runner_sees_one() {
    let log = "text ::error::no\n  ::error title=a%3A b,line=1::c%0Ad\nx ##[warning]y\n::unknown::z\n\
               ::stop-commands::t0ken\n::error::no\n##[error]no\n::t0ken::\n::notice::n\n";
    let found = commands(log);
    let names: Vec<&str> = found.iter().map(|command| command.name.as_str()).collect();
    assert_eq!(names, ["error", "warning", "notice"]);
    assert_eq!((found[0].property("title"), found[0].message.as_str()), ("a: b", "c\nd"));
}
