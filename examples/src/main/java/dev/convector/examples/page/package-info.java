/**
 * Reads a page as PP-OCR does: one network finds the lines of text, one turns them the right way
 * up, one reads them. Steps and parameters follow PaddleOCR's documentation and the papers that it
 * names; the models are its PP-OCR v4 (detection, recognition) and v2.0 (direction).
 */
package dev.convector.examples.page;
