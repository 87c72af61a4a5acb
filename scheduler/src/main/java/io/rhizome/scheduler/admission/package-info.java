// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a request that is to run here may run now, waits, or is refused: the receiver decides, so
 * that it is protected from senders that know too little. A state machine; time comes in through
 * the calls, the driver runs what it lets through. Depends on the JDK. Start with {@link
 * io.rhizome.scheduler.admission.Admission}.
 */
@NullMarked
package io.rhizome.scheduler.admission;

import org.jspecify.annotations.NullMarked;
