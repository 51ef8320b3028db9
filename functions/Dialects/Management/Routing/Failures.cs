using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Management.Routing;

/// <summary>Exceptions as problems (RFC 9457). What is not known here is no fault of the request and goes on to the host.</summary>
internal static class Failures
{
    private const int RetrySeconds = 5;

    /// <summary>The answer to an exception, or null where it is none of those that a request can cause.</summary>
    public static Answer? Find(Exception exception) =>
        exception switch
        {
            ProblemException problem => Answer(problem.Problem, problem.Message, problem.Member),
            DomainException domain => Answer(ProblemOf(domain.Refusal), domain.Message, domain.Member),
            BodyTooLargeException => Answer(Problems.TooLarge, exception.Message),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Answer(Problems.TooLarge, exception.Message),
            BadHttpRequestException => Answer(Problems.Invalid, exception.Message),
            StoreConflictException => Answer(Problems.Conflict, "Try again."),
            StoreUnavailableException => Answer(Problems.Unavailable, "Try again later.") with { RetryAfter = RetrySeconds },
            DeviceOfflineException => Answer(Problems.DeviceOffline, exception.Message),
            DeviceTimeoutException => Answer(Problems.DeviceTimeout, exception.Message),
            _ => null,
        };

    public static Answer Answer(Problem problem, string detail, string? member = null)
    {
        var body = new JsonObject
        {
            ["type"] = problem.Type,
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["detail"] = detail,
        };
        if (!string.IsNullOrEmpty(member))
        {
            body["member"] = member;
        }

        return new Answer(problem.Status, body) { ContentType = "application/problem+json" };
    }

    private static Problem ProblemOf(Refusal refusal) =>
        refusal switch
        {
            Refusal.NotFound => Problems.NotFound,
            Refusal.Exists => Problems.Exists,
            Refusal.PreconditionFailed => Problems.PreconditionFailed,
            Refusal.Forbidden => Problems.Forbidden,
            _ => Problems.Invalid,
        };
}
