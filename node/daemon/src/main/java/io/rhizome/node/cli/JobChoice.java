// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.v1.JobInfo;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which job, at which node, and how it is printed. */
final class JobChoice {
  @Mixin NodeOption node = new NodeOption();

  @Parameters(paramLabel = "ID", description = "The job's id.")
  String id = "";

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  /** Prints a job as one line, or as JSON. */
  void print(JobInfo job, PrintWriter out) {
    out.println(json ? Json.pretty(Json.of(job)) : JobText.line(job));
  }
}
