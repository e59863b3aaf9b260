// Copyright the lucene-lmdb authors.
// SPDX-License-Identifier: Apache-2.0

//! Runs all queries, for each ef and number of threads.

use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hannoy::{Database, Distance, Reader};
use heed::{CommitOrAbort, Env, RoTxn};
use serde_json::{Map, json};

use crate::data::Data;
use crate::measure;
use crate::options::{Options, SearchSettings};
use crate::{INDEX, Outcome, Problem};

pub fn run<D: Distance>(options: &Options, settings: &SearchSettings, data: &Data) -> Outcome<()> {
    let queries = data.queries()?;
    let truth = data.truth(queries.len())?;
    if !options.index.join("data.mdb").exists() {
        return Err(Problem::BadInput(format!("{}: no such index; build it first", options.index.display())));
    }
    let environment = crate::open_environment(&options.index, data)?;
    let search = Search::<D> {
        environment: &environment,
        database: open_database(&environment)?,
        queries: &queries,
        k: data.reachable_k(),
    };
    search.warm_up(settings)?;

    let steps = settings.threads.len() * settings.efs.len();
    let mut step = 0;
    for &threads in &settings.threads {
        for &ef in &settings.efs {
            let mut best = search.pass(ef, threads)?;
            for _ in 1..settings.passes {
                let pass = search.pass(ef, threads)?;
                if pass.seconds < best.seconds {
                    best = pass;
                }
            }
            let values = best.values(&truth, search.k);
            measure::sample("search", options.round, data.count, Some(ef), threads, values);
            step += 1;
            measure::progress(step as f64 / steps as f64);
        }
    }
    Ok(())
}

fn open_database<D: Distance>(environment: &Env) -> Outcome<Database<'_, D>> {
    let opened = environment.open_databases_and_commit(environment.read_txn()?, |opener, transaction| {
        opener.open_database(transaction, None).map(CommitOrAbort::<_, ()>::Commit)
    })?;
    let database: Option<Database<D>> = opened.unwrap_commit();
    database.ok_or_else(|| Problem::Failed("an environment without a database".to_string()))
}

struct Search<'e, D: Distance> {
    environment: &'e Env,
    database: Database<'e, D>,
    queries: &'e [Vec<f32>],
    k: usize,
}

/// The number of a query, its duration, and its answer.
type Answers = Vec<(usize, Duration, Vec<u32>)>;

/// The results of one thread.
struct Share {
    started: Instant,
    ended: Instant,
    answers: Answers,
}

impl<'e, D: Distance> Search<'e, D> {
    fn warm_up(&self, settings: &SearchSettings) -> Outcome<()> {
        let ef = settings.efs.iter().copied().max().unwrap_or(self.k);
        let transaction = self.environment.read_txn()?;
        let reader = Reader::open(&transaction, INDEX, self.database)?;
        let end = measure::cpu_time() + Duration::try_from_secs_f64(settings.warm_up)?;
        for query in self.queries.iter().cycle() {
            if measure::cpu_time() >= end {
                break;
            }
            self.ask(&reader, &transaction, query, ef)?;
        }
        Ok(())
    }

    fn ask(&self, reader: &Reader<D>, transaction: &RoTxn, query: &[f32], ef: usize) -> Outcome<Vec<u32>> {
        let found = reader.nns(self.k).ef_search(ef).by_vector(transaction, query)?;
        Ok(found.into_nns().into_iter().map(|(item, _)| item).collect())
    }

    /// Runs all queries once; each thread takes the next query when it is free.
    fn pass(&self, ef: usize, threads: usize) -> Outcome<Pass> {
        let next = AtomicUsize::new(0);
        // All threads start after the last one has opened the index.
        let ready = Barrier::new(threads);
        let cpu = measure::cpu_time();
        let shares: Vec<Share> = std::thread::scope(|scope| {
            let running: Vec<_> =
                (0..threads).map(|_| scope.spawn(|| self.share(ef, &next, &ready))).collect();
            running
                .into_iter()
                .map(|thread| thread.join().map_err(|_| Problem::Failed("a thread panicked".to_string()))?)
                .collect::<Outcome<_>>()
        })?;
        let cpu = measure::cpu_time() - cpu;
        let started = shares.iter().map(|share| share.started).min();
        let ended = shares.iter().map(|share| share.ended).max();
        let seconds = started.zip(ended).map_or(Duration::ZERO, |(start, end)| end - start);
        Ok(Pass {
            answers: shares.into_iter().flat_map(|share| share.answers).collect(),
            seconds: seconds.as_secs_f64(),
            cpu_seconds: cpu.as_secs_f64(),
        })
    }

    fn share(&self, ef: usize, next: &AtomicUsize, ready: &Barrier) -> Outcome<Share> {
        let opened = self.environment.read_txn().map_err(Problem::from).and_then(|transaction| {
            let reader = Reader::open(&transaction, INDEX, self.database)?;
            Ok((transaction, reader))
        });
        ready.wait(); // even after an error, because the others wait, too
        let (transaction, reader) = opened?;
        let mut answers = Vec::new();
        let started = Instant::now();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(query) = self.queries.get(number) else {
                return Ok(Share { started, ended: Instant::now(), answers });
            };
            let start = Instant::now();
            let answer = self.ask(&reader, &transaction, query, ef)?;
            answers.push((number, start.elapsed(), answer));
        }
    }
}

struct Pass {
    answers: Answers,
    seconds: f64,
    cpu_seconds: f64,
}

impl Pass {
    fn values(&self, truth: &[Vec<u32>], k: usize) -> Map<String, serde_json::Value> {
        let queries = truth.len() as f64;
        let mut times: Vec<f64> =
            self.answers.iter().map(|(_, time, _)| time.as_nanos() as f64 / 1e3).collect();
        times.sort_by(f64::total_cmp);
        let short = self.answers.iter().filter(|(_, _, answer)| answer.len() < k).count();
        let hits: Vec<usize> = self
            .answers
            .iter()
            .map(|(number, _, answer)| {
                let nearest: HashSet<_> = truth[*number].iter().collect();
                answer.iter().filter(|item| nearest.contains(item)).count()
            })
            .collect();
        let bad = hits.iter().filter(|&hits| 10 * (k - hits) >= 3 * k).count();
        let mut values = Map::new();
        for (name, value) in [
            ("recall", hits.iter().sum::<usize>() as f64 / (queries * k as f64)),
            ("badQueries", bad as f64 / queries),
            ("rate", queries / self.seconds),
            ("cpuRate", queries / self.cpu_seconds.max(1e-9)),
            ("p50us", percentile(&times, 50)),
            ("p95us", percentile(&times, 95)),
            ("p99us", percentile(&times, 99)),
            ("shortAnswers", short as f64),
        ] {
            values.insert(name.to_string(), json!(value));
        }
        measure::peak_resident(&mut values);
        values
    }
}

/// The smallest time that `percent` percent of the queries do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_times() {
        let times: Vec<f64> = (1..=200).map(f64::from).collect();
        assert_eq!(100.0, percentile(&times, 50));
        assert_eq!(198.0, percentile(&times, 99));
        assert_eq!(7.0, percentile(&[7.0], 50));
    }
}
