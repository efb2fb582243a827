use super::*;

#[test]
fn the_built_in_checklists_read_well() {
    for text in [DATA, CREDENTIALS] {
        assert!(parsed(text).is_some());
        assert_eq!(text.matches(AUTHORITY_ITEM).count(), 1);
        assert!(!is_authority_notified(text), "nothing is ticked yet");
        let ticked = text.replace("- [ ] **Authority**", "- [x] **Authority**");
        assert!(is_authority_notified(&ticked));
    }
}

#[test]
fn only_the_authoritys_item_counts_as_notified() {
    for (body, is_told) in [
        ("- [x] Logs\n- [ ] Authority <!-- lockgate:authority -->", false),
        ("  * [X] Authority <!-- lockgate:authority -->", true),
        ("[x] <!-- lockgate:authority -->", true),
        ("Authority [x] <!-- lockgate:authority -->", false),
        ("", false),
    ] {
        assert_eq!(is_authority_notified(body), is_told, "{body}");
    }
}
