import { aboutDocument, type AboutDocument } from "../../src/schema/dashboard/about.ts";
import { fetchDocument } from "../api.ts";

export function fetchAbout(): Promise<AboutDocument> {
  return fetchDocument(aboutDocument, "api/about");
}
