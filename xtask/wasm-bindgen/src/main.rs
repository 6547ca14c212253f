//! `wasm-bindgen`, as far as worker-build uses it. The package wasm-bindgen-cli also has a runner for tests, whose server and
//! TLS take most of its build.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use wasm_bindgen_cli_support::Bindgen;

#[derive(Parser)]
#[command(name = "wasm-bindgen")]
struct Options {
    input: PathBuf,
    #[arg(long)]
    out_dir: PathBuf,
    #[arg(long)]
    out_name: Option<String>,
    #[arg(long, value_enum, default_value_t = Target::Bundler)]
    target: Target,
    #[arg(long, conflicts_with = "no_typescript")]
    typescript: bool,
    #[arg(long)]
    no_typescript: bool,
    #[arg(long)]
    debug: bool,
    #[arg(long)]
    no_demangle: bool,
    #[arg(long)]
    keep_debug: bool,
    #[arg(long)]
    omit_default_module_path: bool,
    #[arg(long)]
    split_linked_modules: bool,
    #[arg(long)]
    experimental_reset_state_function: bool,
    #[arg(long)]
    force_enable_abort_handler: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    Bundler,
    Module,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut bindgen = Bindgen::new();
    match options.target {
        Target::Bundler => bindgen.bundler(true)?,
        Target::Module => bindgen.module(true)?,
    };
    if let Some(name) = &options.out_name {
        bindgen.out_name(name);
    }
    bindgen
        .input_path(&options.input)
        .typescript(options.typescript || !options.no_typescript)
        .debug(options.debug)
        .demangle(!options.no_demangle)
        .keep_debug(options.keep_debug)
        .omit_default_module_path(options.omit_default_module_path)
        .split_linked_modules(options.split_linked_modules)
        .reset_state_function(options.experimental_reset_state_function)
        .force_enable_abort_handler(options.force_enable_abort_handler)
        .generate(&options.out_dir)
}
