// Copyright the lucene-lmdb authors.
// SPDX-License-Identifier: Apache-2.0

//! Output lines, and figures from the operating system.

use std::io::Write;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::ENGINE;

pub const MEGABYTE: f64 = (1u64 << 20) as f64;

/// Prints and flushes one line, because the parent process waits for it.
pub fn emit(line: &Value) {
    let mut out = std::io::stdout().lock();
    // The parent process has ended, so results are no longer of use.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}

pub fn progress(done: f64) {
    emit(&json!({"progress": done}));
}

pub fn sample(
    measure: &str,
    round: u32,
    vectors: usize,
    ef: Option<usize>,
    threads: usize,
    values: Map<String, Value>,
) {
    let mut line = json!({
        "measure": measure, "engine": ENGINE, "round": round, "vectors": vectors,
        "threads": threads, "values": values,
    });
    if let Some(ef) = ef {
        line["ef"] = json!(ef);
    }
    emit(&line);
}

/// The CPU time of all threads of this process.
pub fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to the structure and nowhere else.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The peak resident memory in MB, including mapped files; Linux only.
pub fn peak_resident(values: &mut Map<String, Value>) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse::<f64>().ok());
    if let Some(kilobytes) = kilobytes {
        values.insert("peakResidentMB".to_string(), json!(kilobytes * 1024.0 / MEGABYTE));
    }
}
