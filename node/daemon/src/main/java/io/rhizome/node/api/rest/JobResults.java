// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import io.rhizome.node.api.JobMessages;
import io.rhizome.node.api.ResultPages;
import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.v1.JobResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's results as lines of JSON, some at a time as the client takes them. Where they cannot be
 * read on, the body breaks off; what came is right.
 */
final class JobResults {
  private static final Logger log = LoggerFactory.getLogger(JobResults.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MediaType LINES = MediaType.parse("application/jsonl");
  private static final OutputForms ALL_JSON = new OutputForms(false, new TreeMap<>());

  private final ResultPages pages;
  private final Executor blocking;
  private final HttpResponseWriter out = HttpResponse.streaming();

  private JobResults(ResultPages pages, Executor blocking) {
    this.pages = pages;
    this.blocking = blocking;
  }

  /** Begins; fails where the first of them cannot be read. Blocks. */
  static HttpResponse begin(ResultPages pages, Executor blocking) throws JobException {
    JobResults results = new JobResults(pages, blocking);
    byte[] first = results.page();
    results.out.write(ResponseHeaders.builder(HttpStatus.OK).contentType(LINES).build());
    results.send(first);
    return results.out;
  }

  private byte[] page() throws JobException {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    while (page.size() == 0 && !pages.ended()) {
      for (ItemResult result : pages.next()) {
        page.writeBytes(line(JobMessages.result(result)));
        page.write('\n');
      }
    }
    return page.toByteArray();
  }

  private void send(byte[] page) {
    if (page.length > 0 && !out.tryWrite(HttpData.wrap(page))) {
      return;
    }
    if (pages.ended()) {
      out.close();
      return;
    }
    var unused =
        out.whenConsumed()
            .thenRunAsync(this::next, blocking)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null && out.isOpen()) {
                    out.close(failure);
                  }
                });
  }

  private void next() {
    try {
      send(page());
    } catch (JobException | RuntimeException e) {
      log.warn("results of a job break off: {}", e.getMessage());
      out.close(e);
    }
  }

  private static byte[] line(JobResult result) {
    ObjectNode line = JSON.createObjectNode().put("item", result.getItem());
    try {
      if (result.hasError()) {
        line.put("error", result.getError());
      } else {
        line.setAll((ObjectNode) JSON.readTree(answer(result)));
      }
      return JSON.writeValueAsBytes(line);
    } catch (IOException e) {
      throw new UncheckedIOException("the result of item " + result.getItem(), e);
    }
  }

  private static byte[] answer(JobResult result) throws IOException {
    try {
      return InferResponseWriter.write(result.getAnswer(), ALL_JSON).bytes();
    } catch (MalformedException e) {
      return JSON.writeValueAsBytes(
          JSON.createObjectNode().put("error", e.getMessage() + "; or read results over gRPC"));
    }
  }
}
