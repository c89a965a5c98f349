/** What every algorithm is given and gives back: the problem, the operands, the packed form. */
package dev.convector.internal.problem;
