using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UsageStreams.Embedded.Registry.Rules;

namespace UsageStreams.Embedded.Registry.Http;

/// <summary>Makes every error an answer with a JSON body, as clients expect; also those of paths and methods that do not exist.</summary>
internal sealed class ErrorAnswers(ILogger logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var exchange = new RegistryExchange(context);
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode >= StatusCodes.Status400BadRequest)
                await AnswerAsync(exchange, context.Response.StatusCode, context.Response.StatusCode, Describe(context));
        }
        catch (RegistryRequestException error)
        {
            if (error.Status >= StatusCodes.Status500InternalServerError)
                logger.LogError(error, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            await AnswerAsync(exchange, error.Status, error.Code, error.Message);
        }
        catch (BadHttpRequestException error)
        {
            await AnswerAsync(exchange, error.StatusCode, error.StatusCode, error.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be answered.
        }
        catch (Exception error)
        {
            logger.LogError(error, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            await AnswerAsync(exchange, StatusCodes.Status500InternalServerError, 50001, $"The registry failed at this request: {error.Message}");
        }
    }

    private static string Describe(HttpContext context) => context.Response.StatusCode == StatusCodes.Status404NotFound
        ? $"This registry has no {context.Request.Path}."
        : $"{context.Request.Method} {context.Request.Path}: HTTP {context.Response.StatusCode}.";

    private static Task AnswerAsync(RegistryExchange exchange, int status, int code, string message) =>
        exchange.AnswerAsync(new ErrorBody(code, message), RegistryJson.Relaxed.ErrorBody, status);
}
