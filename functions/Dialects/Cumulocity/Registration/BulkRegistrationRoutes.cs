using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Registration;

/// <summary>/devicecontrol/bulkNewDeviceRequests: devices of a CSV file (reference 1.8).</summary>
internal sealed class BulkRegistrationRoutes(BulkRegistration registration) : ICumulocityRoutes
{
    private const int LongestFile = 4 * 1024 * 1024;

    // A password takes a tenth of a second to hash, and the request waits for all of them.
    private const int MostDevices = 1000;

    public IEnumerable<CumulocityRoute> All() => [new("POST", "/devicecontrol/bulkNewDeviceRequests", Permission.Write, CreateAsync)];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var file = CsvFile.Parse(await ReadFileAsync(request));
        if (file.Lines.Count > MostDevices)
        {
            throw request.Invalid($"The file has {file.Lines.Count} devices: send up to {MostDevices} at a time.");
        }

        var results = await registration.RunAsync(request.Tenant, request.Caller.User, file, request.Cancellation);
        var failed = results.Where(result => result.Outcome == BulkOutcome.Failed).ToList();
        var shown = new JsonObject
        {
            ["numberOfAll"] = results.Count,
            ["numberOfCreated"] = results.Count(result => result.Outcome == BulkOutcome.Created),
            ["numberOfFailed"] = failed.Count,
            ["numberOfSuccessful"] = results.Count - failed.Count,
            ["credentialUpdatedList"] = new JsonArray([
                .. results
                    .Where(result => result.Outcome == BulkOutcome.CredentialUpdated)
                    .Select(result =>
                        (JsonNode)new JsonObject { ["bulkNewDeviceStatus"] = "CREDENTIAL_UPDATED", ["deviceId"] = result.Id }
                    ),
            ]),
            ["failedCreationList"] = new JsonArray([
                .. failed.Select(result =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["bulkNewDeviceStatus"] = "FAILED",
                            ["deviceId"] = result.Id,
                            ["failureReason"] = result.Reason,
                            ["line"] = WithoutSecrets(result.Line, file),
                        }
                ),
            ]),
        };
        return CumulocityAnswer.Json(StatusCodes.Status201Created, shown, "bulknewdevicerequest");
    }

    private static async Task<IFormCollection> ReadFormAsync(CumulocityRequest request, FormFeature feature)
    {
        try
        {
            return await feature.ReadFormAsync(request.Cancellation);
        }
        catch (IOException broken)
        {
            throw new CumulocityException(StatusCodes.Status400BadRequest, "devicecontrol/Bad Request", broken.Message);
        }
    }

    /// <summary>The part file of a form, or the body itself.</summary>
    private static async Task<byte[]> ReadFileAsync(CumulocityRequest request)
    {
        var http = request.Context.Request;
        if (!http.HasFormContentType)
        {
            return await request.ReadBytesAsync(LongestFile);
        }

        var options = new FormOptions { MultipartBodyLengthLimit = LongestFile, BufferBodyLengthLimit = LongestFile };
        var form = await ReadFormAsync(request, new FormFeature(http, options));
        var file =
            form.Files["file"]
            ?? (form.Files.Count > 0 ? form.Files[0] : null)
            ?? throw request.Invalid("The form has no part file with the CSV file.");
        using var buffer = new MemoryStream();
        await using (var stream = file.OpenReadStream())
        {
            await stream.CopyToAsync(buffer, request.Cancellation);
        }

        return buffer.ToArray();
    }

    /// <summary>A line as an answer may repeat it: without the password.</summary>
    private static string WithoutSecrets(string line, CsvFile file) =>
        file.Lines.FirstOrDefault(candidate => candidate.Text == line)?["CREDENTIALS"] is { } secret
            ? line.Replace(secret, "***", StringComparison.Ordinal)
            : line;
}
