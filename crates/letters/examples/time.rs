//! Prints how long a letter takes to set, and how large it is.
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data: letters::LetterData = serde_json::from_str(include_str!("treatment.json"))?;
    let mut large = data.clone();
    large.large_print = true;
    for (name, data) in [("normal", &data), ("large", &large)] {
        for round in 0..5 {
            let mut data = data.clone();
            data.patient.title_name = format!("Mrs Archer {round}");
            let began = Instant::now();
            let rendered = letters::render(&data)?;
            println!(
                "{name} {round}: {:.1} ms, {} bytes",
                began.elapsed().as_secs_f64() * 1000.0,
                rendered.pdf.len()
            );
            if let Some(folder) = std::env::args().nth(1) {
                std::fs::write(format!("{folder}/{name}.pdf"), &rendered.pdf)?;
                std::fs::write(format!("{folder}/{name}.html"), &rendered.html)?;
            }
        }
    }
    Ok(())
}
