using Microsoft.AspNetCore.Http;
using Serverless.InfluxQL.Results;

namespace Serverless.Dialects.Influx;

/// <summary>The form that a client asks for, by exactly one media type in Accept; JSON in any other case.</summary>
internal static class AnswerForm
{
    public static (ResultOptions Options, string ContentType) Of(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        var format = accept switch
        {
            "application/csv" or "text/csv" => ResultFormat.Csv,
            "application/x-msgpack" => ResultFormat.MessagePack,
            _ => ResultFormat.Json,
        };
        var options = new ResultOptions { Format = format, IsPretty = request.Query["pretty"].FirstOrDefault() == "true" };
        var contentType = format switch
        {
            ResultFormat.Csv => "text/csv",
            ResultFormat.MessagePack => accept,
            _ => "application/json",
        };
        return (options, contentType);
    }
}
