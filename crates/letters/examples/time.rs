//! Prints how long letters and forms take to set, and how large they are. Given a folder, writes them there.
use std::{error::Error, path::PathBuf, time::Instant};

use letters::{LetterData, NotRendered, Paper, Rendered, render, render_paper};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let letter: LetterData = serde_json::from_str(include_str!("treatment.json"))?;
    let paper: Paper = serde_json::from_str(include_str!("paper.json"))?;
    let service = letter.service.clone();
    for large_print in [false, true] {
        let size = if large_print { "large" } else { "normal" };
        time(&format!("letter-{size}"), &folder, |round| {
            let mut letter = letter.clone();
            letter.large_print = large_print;
            letter.patient.title_name = format!("Mrs Archer the {round}");
            render(&letter)
        })?;
        time(&format!("paper-{size}"), &folder, |round| {
            let mut paper = paper.clone();
            paper.large_print = large_print;
            paper.code = format!("Q-7K2M-{round}");
            render_paper(&paper, &service)
        })?;
    }
    Ok(())
}

fn time(
    name: &str,
    folder: &Option<PathBuf>,
    write: impl Fn(usize) -> Result<Rendered, NotRendered>,
) -> Result<(), Box<dyn Error>> {
    for round in 1..=5 {
        let began = Instant::now();
        let rendered = write(round)?;
        let took = began.elapsed().as_secs_f64() * 1000.0;
        println!("{name} {round}: {took:.1} ms, {} bytes", rendered.pdf.len());
        if let Some(folder) = folder {
            std::fs::write(folder.join(format!("{name}.pdf")), &rendered.pdf)?;
            std::fs::write(folder.join(format!("{name}.html")), &rendered.html)?;
        }
    }
    Ok(())
}
