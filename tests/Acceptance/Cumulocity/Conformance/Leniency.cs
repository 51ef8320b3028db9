namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>Wrong input that is accepted all the same, each kind by its name and for a reason.</summary>
internal static class Leniency
{
    private static readonly string[] WholeNumbers = ["zero", "a number beyond 64 bits"];
    private static readonly string[] Words = ["emoji", "markup", "a time that is none", "a path"];

    private static readonly Kind[] All =
    [
        new(
            "Fragments are the users' own and of any type.",
            _ => true,
            where => where.StartsWith("c8y_", StringComparison.Ordinal),
            _ => true
        ),
        new(
            "Clients write ids as numbers too, and serial numbers are such.",
            operation => operation is "POST /devicecontrol/newDeviceRequests" or "PUT /devicecontrol/bulkoperations/{id}",
            where => where is "id" or "groupId" or "failedParentId",
            what => WholeNumbers.Contains(what)
        ),
        new(
            "Programs write audit records of types of their own.",
            operation => operation == "POST /audit/auditRecords",
            where => where == "type",
            what => Words.Contains(what)
        ),
        new(
            "An empty PUT says that the device is there (reference 1.8).",
            operation => operation == "PUT /inventory/managedObjects/{id}",
            where => where == "the body",
            what => what == "no body"
        ),
    ];

    public static bool Allows(string operation, string where, string what) =>
        All.Any(kind => kind.Operation(operation) && kind.Where(where) && kind.What(what));

    /// <summary>A kind of input.</summary>
    /// <param name="Reason">Why it is accepted.</param>
    /// <param name="Operation">Of which operations.</param>
    /// <param name="Where">In which member, or the body.</param>
    /// <param name="What">What is there.</param>
    private sealed record Kind(string Reason, Func<string, bool> Operation, Func<string, bool> Where, Func<string, bool> What);
}
