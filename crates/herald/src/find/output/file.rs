//! Where the output goes, and up to where it is safe on disk.

use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use anyhow::{Context, bail};

use super::{Encoded, Encoder, Shape, To, parquet::Parts};

/// Bytes of the output, or parts of it: what a run that goes on keeps.
pub type Mark = u64;

pub enum Output<O> {
    Stream(O),
    File(File),
    Parts(Parts),
}

impl<O: Write> Output<O> {
    /// Cut to `mark`; with none, made anew.
    pub fn to_file(path: &Path, to: To, shape: Shape, mark: Mark) -> anyhow::Result<Self> {
        if to == To::Parquet {
            return Ok(Self::Parts(Parts::open(path, shape, mark)?));
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(mark == 0)
            .open(path)
            .with_context(|| format!("opening {}", path.display()))?;
        if file.metadata()?.len() < mark {
            bail!(
                "{} is shorter than what was written to it; begin again with --restart",
                path.display()
            );
        }
        file.set_len(mark)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self::File(file))
    }

    pub fn begin(&mut self, encoder: Encoder) -> anyhow::Result<()> {
        if let Encoder::Table(To::Csv, shape) = encoder {
            let head = shape.names().join(",") + "\n";
            self.write(&Encoded::new(head.into_bytes()))?;
        }
        Ok(())
    }

    pub fn write(&mut self, encoded: &Encoded) -> anyhow::Result<()> {
        match self {
            Self::Stream(out) => out.write_all(&encoded.bytes)?,
            Self::File(file) => file
                .write_all(&encoded.bytes)
                .context("writing the output")?,
            Self::Parts(parts) => parts.write(encoded)?,
        }
        Ok(())
    }

    /// What is on disk for good. None: this is no place to go on from.
    pub fn settled(&mut self) -> anyhow::Result<Option<Mark>> {
        match self {
            Self::Stream(_) => Ok(None),
            Self::File(file) => {
                file.sync_data()?;
                Ok(Some(file.stream_position()?))
            }
            Self::Parts(parts) => parts.settled(),
        }
    }

    /// Nothing more comes: all of it is flushed or on disk when this returns.
    pub fn close(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Stream(out) => out.flush()?,
            Self::File(file) => file.sync_all()?,
            Self::Parts(parts) => {
                parts.close()?;
                parts.join()?;
            }
        }
        Ok(())
    }

    /// Removes what was needed to go on after a stop.
    pub fn tidy(&self) -> anyhow::Result<()> {
        match self {
            Self::Parts(parts) => parts.remove(),
            Self::Stream(_) | Self::File(_) => Ok(()),
        }
    }
}
