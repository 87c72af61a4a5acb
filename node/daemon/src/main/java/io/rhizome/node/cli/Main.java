// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code rhizome} command. Exit status: 0 done, 1 failed, 2 wrong usage. */
@Command(name = "rhizome", description = "A peer-to-peer mesh for AI inference.")
public final class Main implements Runnable {
  /** What a command that failed returns. */
  static final int FAILED = 1;

  private static final List<Class<?>> COMMANDS =
      List.of(
          UpCommand.class,
          InitCommand.class,
          TokenCommand.class,
          JoinCommand.class,
          RevokeCommand.class,
          ReplaceKeyCommand.class,
          RotateKeyCommand.class,
          PrepareCommand.class,
          NodesCommand.class,
          ExplainCommand.class,
          StatusCommand.class,
          HealthCommand.class,
          ConfigCommand.class,
          ModelCommand.class,
          InferCommand.class,
          JobCommand.class,
          ApplyCommand.class,
          GetCommand.class,
          DiffCommand.class,
          DeleteCommand.class,
          HistoryCommand.class,
          RollbackCommand.class,
          AuditCommand.class,
          KeyCommand.class,
          SchemaCommand.class,
          PolicyCommand.class,
          SimCommand.class,
          VersionCommand.class);

  /* Held here, for the logging framework forgets levels of loggers that nobody holds. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");
  private static final Logger CHANNEL_LOG = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  boolean help;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  boolean debug;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** Runs one command and ends the process with its exit status. */
  public static void main(String[] args) {
    // Commands other than `up` and `join --up` log nothing but warnings; the logger reads this when
    // it starts.
    if (!called(args).equals(Optional.of("up")) && !List.of(args).contains("--up")) {
      System.setProperty("rhizome.log", "warn");
      GRPC_LOG.setLevel(Level.OFF);
    }
    // It tells of each name that is not found with a stack; who asked for it tells once.
    CHANNEL_LOG.setLevel(Level.OFF);
    // By default a name that was not found is not there for ten seconds more: too long for a node
    // that is back on its network. What looks names up bounds how often it does.
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(out, err, args));
  }

  /** Runs one command in this process. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    Main main = new Main();
    CommandLine commands = new CommandLine(main);
    needed(args).forEach(commands::addSubcommand);
    // What follows `sim` is the simulator's to read, options too.
    CommandLine sim = commands.getSubcommands().get(SimCommand.NAME);
    if (sim != null) {
      sim.setStopAtPositional(true);
    }
    commands.setOut(out);
    commands.setErr(err);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler(
        (e, given) -> {
          err.println("rhizome: " + e.getMessage());
          if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println(
                "try: " + e.getCommandLine().getCommandSpec().qualifiedName(" ") + " --help");
          }
          return CommandLine.ExitCode.USAGE;
        });
    commands.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (main.debug) {
            e.printStackTrace(err);
          }
          err.println("rhizome: " + Complaint.of(e));
          err.flush();
          return FAILED;
        });
    int status = commands.execute(args);
    out.flush();
    err.flush();
    return status;
  }

  private static Optional<String> called(String... args) {
    return Stream.of(args).filter(arg -> !arg.startsWith("-")).findFirst();
  }

  /** The command that is called, for to look at all of them takes half a second; else all. */
  private static List<Class<?>> needed(String... args) {
    Optional<String> word = called(args);
    List<Class<?>> needed =
        COMMANDS.stream()
            .filter(
                command -> word.equals(Optional.of(command.getAnnotation(Command.class).name())))
            .toList();
    return needed.isEmpty() ? COMMANDS : needed;
  }
}
