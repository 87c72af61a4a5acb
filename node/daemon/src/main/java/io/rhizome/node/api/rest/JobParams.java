// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.rhizome.node.access.Caller;
import io.rhizome.node.api.TenantJobs;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.text.Durations;
import java.time.Duration;

/** What the path and the query of a call about jobs say. Complaints name the parameter. */
final class JobParams {
  private final ServiceRequestContext ctx;

  JobParams(ServiceRequestContext ctx) {
    this.ctx = ctx;
  }

  /** The job in the path. */
  JobId id() throws JobException {
    return TenantJobs.id(String.valueOf(ctx.pathParam("id")));
  }

  /** What a submission asks for. */
  JobSpec spec(Caller caller) throws JobException {
    String id = text("id");
    if (id.isEmpty()) {
      throw invalid("id is missing: make one, so that a submission sent again is the same job");
    }
    return TenantJobs.spec(
        caller,
        id,
        text("model"),
        whole("version"),
        item("priority"),
        expires(),
        TenantJobs.placement(text("objective"), text("window"), flag("on_mains")));
  }

  /** {@code first_item}. */
  int firstItem() throws JobException {
    return item("first_item");
  }

  /** {@code failed_only}. */
  boolean failedOnly() throws JobException {
    return flag("failed_only");
  }

  private boolean flag(String name) throws JobException {
    return switch (text(name)) {
      case "", "false" -> false;
      case "true" -> true;
      default -> throw invalid(name + " must be true or false");
    };
  }

  private Duration expires() throws JobException {
    String text = text("expires");
    return text.isEmpty()
        ? Duration.ZERO
        : Durations.parse(text)
            .orElseThrow(
                () -> invalid("expires must be such as 12h or 7d, not " + Excerpt.of(text)));
  }

  private int item(String name) throws JobException {
    long value = whole(name);
    if (value > Integer.MAX_VALUE) {
      throw invalid(name + " must be at most " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  private long whole(String name) throws JobException {
    String text = text(name);
    if (text.isEmpty()) {
      return 0;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new JobException(JobException.Code.INVALID, notWhole(name, text), e);
    }
    throw invalid(notWhole(name, text));
  }

  private static String notWhole(String name, String text) {
    return name + " must be a whole number from 0, not " + Excerpt.of(text);
  }

  private String text(String name) {
    String text = ctx.queryParam(name);
    return text == null ? "" : text;
  }

  private static JobException invalid(String message) {
    return new JobException(JobException.Code.INVALID, message);
  }
}
