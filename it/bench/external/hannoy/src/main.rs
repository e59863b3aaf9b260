// Copyright the lucene-lmdb authors.
// SPDX-License-Identifier: Apache-2.0

//! Builds and searches an index of hannoy, an HNSW on LMDB, with the command line and the output of `knn.py`.
//!
//! Differences: a search thread runs one query at a time, so that rate and percentiles come from the same
//! pass, the fastest one; and hannoy has no inner product (see `Data::space`).

mod building;
mod data;
mod measure;
mod options;
mod searching;

use std::path::Path;
use std::process::ExitCode;

use data::{Data, Space};
use hannoy::Distance;
use hannoy::distances::{Cosine, Euclidean};
use options::{Command, Options};

/// An error that ends the program, with its exit code.
pub enum Problem {
    /// An error that the user can correct.
    BadInput(String),
    Failed(String),
}

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        Problem::Failed(error.to_string())
    }
}

pub type Outcome<T> = Result<T, Problem>;

pub const ENGINE: &str = "hannoy";

/// The version of the crate: `Cargo.toml` pins it, and a test compares the two.
const VERSION: &str = "0.3.0";

/// The number of the index: hannoy can store several in a database.
pub const INDEX: u16 = 0;

fn main() -> ExitCode {
    let (text, code) = match run() {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Problem::BadInput(text)) => (text, 2),
        Err(Problem::Failed(text)) => (text, 1),
    };
    eprintln!("hannoy-bench: {}", text.replace('\n', " "));
    ExitCode::from(code)
}

fn run() -> Outcome<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    let data = Data::open(&options.data)?;
    measure::emit(&serde_json::json!({"info": {
        "name": ENGINE, "label": ENGINE, "family": ENGINE, "version": VERSION, "index": ENGINE,
    }}));
    match data.space {
        Space::Cosine => run_in::<Cosine>(&options, data),
        Space::Euclidean | Space::Lifted { .. } => run_in::<Euclidean>(&options, data),
    }
}

fn run_in<D: Distance>(options: &Options, data: Data) -> Outcome<()> {
    match &options.command {
        Command::Build(settings) => building::run::<D>(options, settings, &data),
        Command::Search(settings) => searching::run::<D>(options, settings, &data),
    }
}

/// Opens the environment in a directory. The map size is address space; LMDB only uses what it needs.
pub fn open_environment(path: &Path, data: &Data) -> Outcome<heed::Env> {
    let map = (16usize << 30).max(data.count * (data.dimension + 256) * 4 * 8);
    let map = map.next_multiple_of(1 << 20);
    // SAFETY: nothing else opens the file while this program runs, and nothing changes its flags.
    Ok(unsafe { heed::EnvOpenOptions::new().map_size(map).open(path) }?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn version_is_the_pinned_one() {
        let pinned = format!("hannoy = \"={}\"", super::VERSION);
        assert!(include_str!("../Cargo.toml").contains(&pinned));
    }
}
