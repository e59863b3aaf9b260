// Copyright the lucene-lmdb authors.
// SPDX-License-Identifier: Apache-2.0

//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use crate::{ENGINE, Outcome, Problem};

pub struct Options {
    pub command: Command,
    pub data: PathBuf,
    pub index: PathBuf,
    pub round: u32,
}

pub enum Command {
    Build(BuildSettings),
    Search(SearchSettings),
}

pub struct BuildSettings {
    pub max_conn: usize,
    pub beam_width: usize,
    pub threads: usize,
}

pub struct SearchSettings {
    pub efs: Vec<usize>,
    pub threads: Vec<usize>,
    pub passes: usize,
    pub warm_up: f64,
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Outcome<Options> {
        let command = arguments.next().unwrap_or_default();
        if command != "build" && command != "search" {
            return bad("the first argument is build or search");
        }
        if arguments.next().as_deref() != Some(ENGINE) {
            return bad("the second argument is hannoy");
        }
        let mut flags = Flags(Vec::new());
        while let Some(name) = arguments.next() {
            match arguments.next() {
                Some(value) => flags.0.push((name, value)),
                None => return bad(&format!("{name} needs a value")),
            }
        }
        let data = PathBuf::from(flags.text("--data", None)?);
        let index = PathBuf::from(flags.text("--index", None)?);
        let round = flags.number("--round", "0", 0)?;
        let command = if command == "build" {
            Command::Build(BuildSettings {
                max_conn: flags.number("--max-conn", "16", 1)?,
                beam_width: flags.number("--beam-width", "100", 1)?,
                threads: flags.number("--threads", "1", 1)?,
            })
        } else {
            let efs = flags.text("--efs", None)?;
            let threads = flags.text("--threads", Some("1"))?;
            Command::Search(SearchSettings {
                efs: numbers("--efs", &efs)?,
                threads: numbers("--threads", &threads)?,
                passes: flags.number("--passes", "3", 1)?,
                warm_up: flags.number("--warm-up", "2", 0.0)?,
            })
        };
        match flags.0.first() {
            Some((name, _)) => bad(&format!("unknown argument {name}")),
            None => Ok(Options { command, data, index, round }),
        }
    }
}

/// Names and values that were not consumed yet.
struct Flags(Vec<(String, String)>);

impl Flags {
    fn text(&mut self, name: &str, default: Option<&str>) -> Outcome<String> {
        match self.0.iter().position(|(found, _)| found == name) {
            Some(position) => Ok(self.0.remove(position).1),
            None => match default {
                Some(value) => Ok(value.to_string()),
                None => bad(&format!("{name} is missing")),
            },
        }
    }

    fn number<T: FromStr + PartialOrd>(&mut self, name: &str, default: &str, lowest: T) -> Outcome<T> {
        let text = self.text(name, Some(default))?;
        number(name, &text, lowest)
    }
}

fn numbers(name: &str, text: &str) -> Outcome<Vec<usize>> {
    text.split(',').map(|part| number(name, part, 1)).collect()
}

fn number<T: FromStr + PartialOrd>(name: &str, text: &str, lowest: T) -> Outcome<T> {
    match text.parse() {
        Ok(value) if value >= lowest => Ok(value),
        _ => bad(&format!("{name}: bad number {text}")),
    }
}

fn bad<T>(text: &str) -> Outcome<T> {
    Err(Problem::BadInput(text.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Outcome<Options> {
        Options::parse(line.split(' ').map(String::from))
    }

    #[test]
    fn reads_lists() {
        let Ok(options) = parse("search hannoy --data d --threads 1,2 --index i --efs 10,20 --round 3")
        else {
            panic!()
        };
        let Command::Search(settings) = options.command else { panic!() };
        assert_eq!(vec![10, 20], settings.efs);
        assert_eq!(vec![1, 2], settings.threads);
        assert_eq!(3, options.round);
        assert_eq!(3, settings.passes);
    }

    #[test]
    fn rejects_in_one_line() {
        for line in [
            "",
            "try hannoy",
            "build other --data d --index i",
            "build hannoy --data d",
            "build hannoy --data d --index",
            "build hannoy --data d --index i --threads 0",
            "build hannoy --data d --index i --efs 10",
            "search hannoy --data d --index i",
            "search hannoy --data d --index i --efs 10,x",
        ] {
            assert!(matches!(parse(line), Err(Problem::BadInput(_))), "{line}");
        }
    }
}
