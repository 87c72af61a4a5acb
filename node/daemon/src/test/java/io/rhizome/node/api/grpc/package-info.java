// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.rhizome.node.api.grpc;

import org.jspecify.annotations.NullMarked;
