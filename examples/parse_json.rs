//! Reads a file and parses it as JSON once: the least that anybody who reads an npm lockfile does.
//!
//! `cargo run --release --example parse_json -- FILE`

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: parse_json FILE")?;
    let value: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    std::hint::black_box(value);
    Ok(())
}
