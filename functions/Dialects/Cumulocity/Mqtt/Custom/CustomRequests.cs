using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;
using Serverless.Dialects.Cumulocity.Mqtt.Templates;

namespace Serverless.Dialects.Cumulocity.Mqtt.Custom;

/// <summary>Rows of a device's own templates, as requests of the API.</summary>
internal static class CustomRequests
{
    /// <exception cref="SmartRestException">The collection has no such template, or a value is wrong.</exception>
    public static async Task RunAsync(TemplateCollection collection, TemplateCall call)
    {
        var template =
            collection.Requests.FirstOrDefault(request => request.Id == call.Row.Id)
            ?? throw new SmartRestException(SmartRestError.NoTemplate, call.Row.Id, "The collection has no template with this message id");
        var row = new RowValues(call);
        var answer = (template.Method, template.Api) switch
        {
            ("GET", "INVENTORY") => await call.Door.GetAsync($"/inventory/managedObjects/{await FindAsync(template, row)}"),
            ("PUT", "INVENTORY") => await PutAsync(template, row),
            ("POST", "INVENTORY") => await PostObjectAsync(template, row),
            ("PUT", "ALARM") => await PutAlarmAsync(template, row),
            ("PUT", "OPERATION") => await PutOperationAsync(template, row),
            (_, "MEASUREMENT") => await PostAsync(template, row, "/measurement/measurements"),
            (_, "EVENT") => await PostAsync(template, row, "/event/events"),
            _ => await PostAsync(template, row, "/alarm/alarms"),
        };
        if (template.Responds && answer is JsonObject document)
        {
            foreach (var response in collection.Responses.SelectMany(response => response.Rows(document, null)))
            {
                call.Door.Reply(response);
            }
        }
    }

    /// <summary>The id of the object that the row names, by its id or by an external id whose type is fixed or is the row's next value.</summary>
    private static async Task<string> FindAsync(RequestTemplate template, RowValues row)
    {
        if (template.Fixed[0].Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return Uri.EscapeDataString(NotEmpty(row, row.Next(), "id"));
        }

        var type = NotEmpty(row, row.Or(template.Fixed[1]), "externalIdType");
        var name = NotEmpty(row, row.Next(), "externalId");
        var found = await row.Call.Door.GetAsync($"/identity/externalIds/{Uri.EscapeDataString(type)}/{Uri.EscapeDataString(name)}");
        return (string?)found?["managedObject"]?["id"] ?? throw row.Call.Refused($"There is no object {type} {name}");
    }

    private static async Task<JsonNode?> PutAsync(RequestTemplate template, RowValues row)
    {
        var id = await FindAsync(template, row);
        var body = new JsonObject();
        template.Set(body, row);
        return await row.Call.Door.PutAsync($"/inventory/managedObjects/{id}", body);
    }

    private static async Task<JsonNode?> PostObjectAsync(RequestTemplate template, RowValues row)
    {
        var name = row.Next();
        var type = row.Or(template.Fixed[0]);
        var body = new JsonObject();
        template.Set(body, row);
        if (name.Length > 0 && type.Length > 0)
        {
            body["externalIds"] = new JsonArray(new JsonObject { ["type"] = type, ["externalId"] = name });
        }

        return await row.Call.Door.PostAsync("/inventory/managedObjects", body);
    }

    private static async Task<JsonNode?> PostAsync(RequestTemplate template, RowValues row, string path)
    {
        var call = row.Call;
        var body = new JsonObject();
        foreach (var (name, known) in RequestTemplate.Mandatory[(template.Method, template.Api)].Zip(template.Fixed))
        {
            var value = row.Or(known);
            body[name] =
                name == "time" ? CustomType.Read(call, "DATE", value.Length > 0 ? value : null)
                : value.Length > 0 ? value
                : name == "status" ? "ACTIVE"
                : throw call.Wrong($"{name} is mandatory");
        }

        template.Set(body, row);
        if (template.Api == "EVENT")
        {
            var (type, text, time) = ((string)body["type"]!, (string)body["text"]!, (string)body["time"]!);
            await DataTemplates.HappenAsync(call, type, text, time, body);
            return null;
        }

        body["source"] = new JsonObject { ["id"] = (await call.Door.DeviceAsync()).Id };
        return await call.Door.PostAsync(path, body);
    }

    private static async Task<JsonNode?> PutAlarmAsync(RequestTemplate template, RowValues row)
    {
        var call = row.Call;
        var type = NotEmpty(row, row.Or(template.Fixed[0]), "type");
        var body = new JsonObject();
        template.Set(body, row);
        var alarm =
            await AlarmTemplates.FindAsync(call, await call.Door.DeviceAsync(), type)
            ?? throw call.Refused($"There is no alarm of type {type} that is not cleared");
        return await call.Door.PutAsync($"/alarm/alarms/{alarm["id"]}", body);
    }

    private static async Task<JsonNode?> PutOperationAsync(RequestTemplate template, RowValues row)
    {
        var call = row.Call;
        var fragment = NotEmpty(row, row.Or(template.Fixed[0]), "fragment");
        var body = new JsonObject();
        template.Set(body, row);
        var device = await call.Door.DeviceAsync();
        var operation =
            await OperationTemplates.FindAsync(call, device, fragment, "EXECUTING")
            ?? await OperationTemplates.FindAsync(call, device, fragment, "PENDING")
            ?? throw call.Refused($"There is no operation {fragment} of the device that is EXECUTING or PENDING");
        return await call.Door.PutAsync($"/devicecontrol/operations/{operation["id"]}", body);
    }

    private static string NotEmpty(RowValues row, string value, string name) =>
        value.Length > 0 ? value : throw row.Call.Wrong($"{name} is mandatory");
}
