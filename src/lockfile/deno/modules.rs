//! Modules that Deno fetches by their addresses: which of them belong together.

/// What a module is a part of, and its version, which is empty where the address does not say one.
///
/// Nearly every host has the version behind the name: `https://deno.example/x/oak@v12.6.1/mod.ts` is of
/// `deno.example/x/oak`. Elsewhere all modules of a host are one.
pub(super) fn part_of(address: &str) -> (&str, &str) {
    let place = address.split_once("://").map_or(address, |(_, place)| place);
    let path = place.split(['?', '#']).next().unwrap_or(place);
    let host_end = path.find('/').unwrap_or(path.len());
    let mut start = host_end;
    while let Some(slash) = path[start..].find('/') {
        start += slash + 1;
        let end = path[start..].find('/').map_or(path.len(), |length| start + length);
        if let Some(at) = path[start..end].find('@').filter(|at| *at > 0) {
            return (&path[..start + at], &path[start + at + 1..end]);
        }
    }
    (&path[..host_end], "")
}

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn modules_belong_together_by_host_name_and_version() {
        for (address, expected) in [
            ("https://d.example/x/oak@v12.6.1/mod.ts", ("d.example/x/oak", "v12.6.1")),
            ("https://d.example/std@0.1.0/fs/mod.ts", ("d.example/std", "0.1.0")),
            ("https://cdn.example/@s/a@1.0.0/b@c.js", ("cdn.example/@s/a", "1.0.0")),
            ("https://cdn.example/v128/a@1.0.0?x=1@2", ("cdn.example/v128/a", "1.0.0")),
            ("http://localhost:8000/mod.ts", ("localhost:8000", "")),
            ("https://h.example", ("h.example", "")),
            ("mod.ts", ("mod.ts", "")),
        ] {
            assert_eq!(part_of(address), expected, "{address}");
        }
    }
}
