import {
  runStreamEvents,
  type RunStreamEvent,
} from "../../../../src/schema/dashboard/run-stream.ts";
import type { StreamMessage } from "../../../live/event-stream.ts";
import { readData } from "../../../live/follow.ts";

/**
 * Parses a message of a run's stream; returns undefined for an unknown event of a newer server.
 *
 * @throws ApiError if the data does not match the event
 */
export function readRunEvent(message: StreamMessage): RunStreamEvent | undefined {
  switch (message.event) {
    case "progress":
      return { name: "progress", data: readData(runStreamEvents.progress, message) };
    case "evaluation":
      return { name: "evaluation", data: readData(runStreamEvents.evaluation, message) };
    case "event":
      return { name: "event", data: readData(runStreamEvents.event, message) };
    case "rules":
      return { name: "rules", data: readData(runStreamEvents.rules, message) };
    case "series":
      return { name: "series", data: readData(runStreamEvents.series, message) };
    case "log":
      return { name: "log", data: readData(runStreamEvents.log, message) };
    case "finished":
      return { name: "finished", data: readData(runStreamEvents.finished, message) };
    case "removed":
      return { name: "removed", data: readData(runStreamEvents.removed, message) };
    default:
      return undefined;
  }
}
