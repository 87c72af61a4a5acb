// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.rhizome.node.access.Right;
import io.rhizome.node.api.ModelControl;
import io.rhizome.node.api.ServedModels;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.InFlightBytes;
import io.rhizome.node.serving.ServingError;
import io.rhizome.node.text.MessageJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Everything over REST but inference: health, metadata, configuration, statistics and the index of
 * models.
 */
final class ModelEndpoints {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BodyReader.Limit BODY =
      new BodyReader.Limit(64 << 10, "the most that this path takes");
  private static final String MODEL = "/v2/models/{model}";
  private static final String REPOSITORY = "/v2/repository/models/{model}";
  private static final String VERSION = MODEL + "/versions/{version}";

  private final RestGuard guard;
  private final ServedModels served;
  private final ModelControl control;
  private final BooleanSupplier ready;
  private final InFlightBytes inFlight;
  private final RestErrors errors;

  ModelEndpoints(
      RestGuard guard,
      ServedModels served,
      ModelControl control,
      BooleanSupplier ready,
      InFlightBytes inFlight,
      RestErrors errors) {
    this.guard = guard;
    this.served = served;
    this.control = control;
    this.ready = ready;
    this.inFlight = inFlight;
    this.errors = errors;
  }

  /** What a GET of a model's version is answered with; fails with a {@link ModelException}. */
  private interface OfModel {
    CompletableFuture<HttpResponse> get(String model, String version)
        throws MalformedException, ModelException;
  }

  /** What a POST with this JSON is answered with. */
  private interface OfBody {
    CompletableFuture<HttpResponse> post(ServiceRequestContext ctx, JsonNode body)
        throws MalformedException, ModelException;
  }

  void addTo(ServerBuilder server) {
    get(server, "/v2", (model, version) -> done(message(served.server())));
    server.service(get("/v2/health/live"), (ctx, request) -> HttpResponse.of(HttpStatus.OK));
    server.service(get("/v2/health/ready"), (ctx, request) -> ready());
    get(server, "/v2/models/stats", (m, v) -> done(message(served.statistics("", ""))));
    for (String path : new String[] {MODEL, VERSION}) {
      get(server, path, (m, v) -> served.metadata(m, v).thenApply(ModelEndpoints::message));
      get(server, path + "/ready", (m, v) -> done(modelReady(m, v)));
      get(
          server,
          path + "/config",
          (m, v) -> served.config(m, v).thenApply(ModelEndpoints::message));
      get(server, path + "/stats", (m, v) -> done(message(served.statistics(m, v))));
    }
    post(server, Right.MODELS, "/v2/repository/index", (ctx, body) -> done(index(body)));
    post(
        server,
        Right.CONTROL,
        REPOSITORY + "/load",
        (ctx, body) -> {
          String model = String.valueOf(ctx.pathParam("model"));
          return changed(ctx, "load", control.load(model, parameters(body)));
        });
    post(
        server,
        Right.CONTROL,
        REPOSITORY + "/unload",
        (ctx, body) -> {
          String model = String.valueOf(ctx.pathParam("model"));
          return changed(ctx, "unload", control.unload(model, parameters(body)));
        });
  }

  private void get(ServerBuilder server, String path, OfModel answer) {
    HttpService service =
        (ctx, request) ->
            respond(
                () ->
                    answer.get(
                        ctx.pathParams().getOrDefault("model", ""),
                        ctx.pathParams().getOrDefault("version", "")));
    server.service(get(path), guard.of(Right.MODELS, service));
  }

  private static Route get(String path) {
    return Route.builder().path(path).methods(HttpMethod.GET, HttpMethod.HEAD).build();
  }

  private void post(ServerBuilder server, Right right, String path, OfBody answer) {
    Route route = Route.builder().path(path).methods(HttpMethod.POST).build();
    HttpService service =
        (ctx, request) ->
            HttpResponse.of(
                BodyReader.read(request, inFlight, BODY)
                    .handle(
                        (body, failure) ->
                            body == null
                                ? RestErrors.respond(
                                    errors.errorOfBody(Objects.requireNonNull(failure)))
                                : respond(() -> answer.post(ctx, object(body)))));
    server.service(route, guard.of(right, service));
  }

  private interface Source {
    CompletableFuture<HttpResponse> get() throws MalformedException, ModelException;
  }

  private HttpResponse respond(Source source) {
    try {
      return HttpResponse.of(
          source.get().exceptionally(failure -> RestErrors.respond(errors.errorOf(failure))));
    } catch (MalformedException | ModelException e) {
      return RestErrors.respond(errors.errorOf(e));
    }
  }

  private static JsonNode object(BodyReader.Body request) throws MalformedException {
    byte[] body = request.bytes();
    request.hold().release();
    if (body.length == 0) {
      return JSON.createObjectNode();
    }
    try {
      JsonNode json = JSON.readTree(body);
      if (json instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new MalformedException("the request's JSON is malformed: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new MalformedException("the request's JSON cannot be read", e);
    }
    throw new MalformedException("the request's JSON must be an object");
  }

  private HttpResponse ready() {
    return ready.getAsBoolean()
        ? HttpResponse.of(HttpStatus.OK)
        : RestErrors.respond(
            new ServingError(ErrorCode.UNAVAILABLE, "the node is starting or draining"));
  }

  private HttpResponse modelReady(String model, String version) throws MalformedException {
    if (served.isReady(model, version)) {
      return HttpResponse.of(HttpStatus.OK);
    }
    String which = version.isEmpty() ? "" : " version " + version;
    return RestErrors.respond(
        new ServingError(
            ErrorCode.UNKNOWN_MODEL,
            "no model '" + model + "'" + which + ": no usable node serves it"));
  }

  private HttpResponse index(JsonNode body) throws MalformedException {
    JsonNode readyOnly = body.path("ready");
    if (!readyOnly.isMissingNode() && !readyOnly.isBoolean()) {
      throw new MalformedException("ready must be true or false");
    }
    ObjectNode index = MessageJson.of(served.index(readyOnly.asBoolean()));
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON, index.path("models").toString());
  }

  private static List<String> parameters(JsonNode body) throws MalformedException {
    JsonNode parameters = body.path("parameters");
    if (!parameters.isMissingNode() && !parameters.isObject()) {
      throw new MalformedException("parameters must be an object");
    }
    List<String> names = new ArrayList<>();
    parameters.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** A change takes its time. The words are KServe's; Triton's clients look at the status only. */
  private static CompletableFuture<HttpResponse> changed(
      ServiceRequestContext ctx, String verb, CompletableFuture<Void> change) {
    ctx.clearRequestTimeout();
    String words =
        JSON.createObjectNode()
            .put("name", String.valueOf(ctx.pathParam("model")))
            .put(verb, true)
            .toString();
    return change.thenApply(done -> HttpResponse.of(HttpStatus.OK, MediaType.JSON, words));
  }

  private static CompletableFuture<HttpResponse> done(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }

  private static HttpResponse message(Message message) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON, MessageJson.of(message).toString());
  }
}
