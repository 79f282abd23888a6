//! The program: reads the command line, runs a command, gives its exit code.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
