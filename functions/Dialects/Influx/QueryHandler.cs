using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Http;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.InfluxQL;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.Dialects.Influx;

/// <summary>/query: reads the request, runs its statements, and writes what comes of them while it comes.</summary>
internal sealed partial class QueryHandler(QueryEngine engine, TenantDirectory tenants, ILogger logger)
{
    private const int DefaultChunk = 10_000;

    public async Task HandleAsync(HttpContext context, Caller caller)
    {
        try
        {
            var values = await RequestValues.ReadAsync(context.Request, context.RequestAborted);
            if (await values.ReadQueryAsync(context.RequestAborted) is not { } text)
            {
                await RefuseAsync(context, "missing required parameter \"q\"");
                return;
            }

            var settings = (await tenants.FindAsync(caller.Tenant, context.RequestAborted))?.Value.Settings.Queries ?? new QuerySettings();
            var statements = Parse(text, values["params"], settings);
            var request = ToRequest(context.Request, caller, values, statements, settings);
            await (values["async"] == "true" ? StartAsync(context, request) : AnswerAsync(context, values, request));
        }
        catch (InfluxSyntaxException wrong)
        {
            await RefuseAsync(context, wrong.Message);
        }
        catch (QueryForbiddenException forbidden)
        {
            await InfluxErrors.WriteAsync(context, StatusCodes.Status403Forbidden, $"error authorizing query: {forbidden.Message}");
        }
        catch (BodyTooLargeException)
        {
            await InfluxErrors.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, InfluxErrors.TooLarge);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the rest.
        }
    }

    private static Task RefuseAsync(HttpContext context, string message) =>
        InfluxErrors.WriteAsync(context, StatusCodes.Status400BadRequest, message);

    /// <exception cref="InfluxSyntaxException">It is no query; the message is complete.</exception>
    private static ValueList<Statement> Parse(string text, string parameters, QuerySettings settings)
    {
        var bound = BoundParameters.Read(parameters);
        var limits = new ParserLimits(Math.Max(1, settings.MaxLength), Math.Max(1, settings.MaxDepth));
        try
        {
            return InfluxQuery.Parse(text, bound, limits);
        }
        catch (InfluxSyntaxException wrong)
        {
            throw new InfluxSyntaxException($"error parsing query: {wrong.Message}", wrong);
        }
    }

    private static QueryRequest ToRequest(
        HttpRequest request,
        Caller caller,
        RequestValues values,
        ValueList<Statement> statements,
        QuerySettings settings
    ) =>
        new(caller.Tenant, statements)
        {
            Database = values["db"] is { Length: > 0 } database ? database : Tenant.DeviceDatabase,
            RetentionPolicy = values["rp"],
            User = caller.User,
            Rights =
                (caller.MayRead ? QueryRights.Read : QueryRights.None)
                | (caller.MayWrite ? QueryRights.Write : QueryRights.None)
                | (caller.MayAdminister ? QueryRights.Manage : QueryRights.None),
            IsReadOnly = HttpMethods.IsGet(request.Method),
            IsChunked = values["chunked"] == "true",
            Limits = new QueryLimits
            {
                Rows = settings.MaxRows,
                Buckets = settings.MaxBuckets,
                Series = settings.MaxSeries,
                Points = settings.MaxPoints,
                Memory = settings.MaxMemory,
            },
            Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
            MaxConcurrent = settings.MaxConcurrent,
        };

    private async Task AnswerAsync(HttpContext context, RequestValues values, QueryRequest request)
    {
        var (form, contentType) = AnswerForm.Of(context.Request);
        var options = form with
        {
            EpochUnit = EpochUnit.Nanoseconds(values["epoch"].Trim()),
            ChunkSize =
                !request.IsChunked ? 0
                : long.TryParse(values["chunk_size"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size) && size > 0
                    ? (int)Math.Min(size, int.MaxValue)
                : DefaultChunk,
            MaxRows = request.Limits.Rows,
        };
        var response = context.Response;
        response.ContentType = contentType;
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            await RunAsync(request, Writer(response.BodyWriter), context.RequestAborted);
            return;
        }

        await using var compressed = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        var pipe = PipeWriter.Create(compressed, new StreamPipeWriterOptions(leaveOpen: true));
        response.Headers.ContentEncoding = "gzip";
        try
        {
            await RunAsync(request, Writer(pipe), context.RequestAborted);
        }
        catch (QueryForbiddenException)
        {
            response.Headers.Remove("Content-Encoding");
            throw;
        }

        await pipe.CompleteAsync();
        return;

        ResultWriter Writer(PipeWriter output) => ResultWriter.Create(new PatientPipe(output, context.RequestAborted), options);
    }

    private async Task RunAsync(QueryRequest request, ResultWriter writer, CancellationToken cancellation)
    {
        try
        {
            await engine.ExecuteAsync(request, writer, cancellation);
        }
        catch (ResultsFullException)
        {
            // There is no more to say.
        }
        catch (Exception unexpected) when (unexpected is not (QueryForbiddenException or OperationCanceledException))
        {
            // Whatever went wrong, a query is answered: its client reads errors of statements, and the rows that it has stay well-formed.
            Failed(logger, unexpected);
            await writer.EndAsync("unexpected error", cancellation);
        }

        await writer.CompleteAsync(cancellation);
    }

    /// <summary>Runs a query that nobody waits for; its time is bounded as that of any other.</summary>
    private async Task StartAsync(HttpContext context, QueryRequest request)
    {
        var running = engine.ExecuteAsync(request, new DiscardedResults(), CancellationToken.None);
        if (running.IsFaulted)
        {
            await running;
        }

        _ = running.ContinueWith(
            task => Failed(logger, task.Exception!),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );
        context.Response.ContentType = "application/json";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    [LoggerMessage(60, LogLevel.Error, "A query failed unexpectedly")]
    private static partial void Failed(ILogger logger, Exception failure);
}
