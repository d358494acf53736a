//! Writes every page in its typical states as a static file, to look at them in a browser:
//! `cargo run -p dinhdanh --release --example gallery OUTDIR`.

use std::path::Path;
use std::{env, error::Error, fs};

use dinhdanh::pages::*;

#[path = "../src/pages/samples.rs"]
mod samples;

fn main() -> Result<(), Box<dyn Error>> {
    let target = env::args().nth(1).ok_or("usage: gallery OUTDIR")?;
    let target = Path::new(&target);
    fs::create_dir_all(target.join("static"))?;
    for asset in assets::all() {
        fs::write(target.join("static").join(&asset.file_name), asset.bytes)?;
    }
    let mut count = 0;
    for language in Language::ALL {
        for sample in samples::samples(language) {
            let html = sample.html?.replace("\"/static/", "\"static/");
            fs::write(target.join(format!("{}.{}.html", sample.name, language.tag())), html)?;
            count += 1;
        }
    }
    println!("{count} pages in {}", target.display());
    Ok(())
}
