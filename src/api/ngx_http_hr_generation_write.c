#include "ngx_http_hr_generation.h"


static void
ngx_http_hr_task_time(hr_jw_t *jw, const hr_answer_ctx_t *answer, const char *key,
    hr_instant_t at)
{
    hr_jw_key(jw, key);

    if (at == HR_STORE_NO_TIME) {
        hr_jw_null(jw);
    } else {
        hr_envelope_time(jw, answer, at);
    }
}


void
ngx_http_hr_task_overlay(hr_store_task_t *task,
    const ngx_http_hr_progress_t *progress)
{
    /* an entry that outlived its task, or one of an earlier claim, says nothing */
    if (progress == NULL || task->status != HR_STORE_TASK_PROCESSING
        || (int64_t) progress->attempt != task->attempt)
    {
        return;
    }

    if ((int64_t) progress->progress >= task->progress) {
        task->progress = (int64_t) progress->progress;
        task->step = ngx_http_hr_step_text(progress->step);
    }
}


void
ngx_http_hr_task_write(hr_jw_t *jw, const hr_answer_ctx_t *answer,
    const hr_store_task_t *row, const ngx_http_hr_progress_t *progress)
{
    hr_store_task_t  task = *row;

    ngx_http_hr_task_overlay(&task, progress);

    hr_jw_object(jw);
    hr_jw_kstr(jw, "task_id", task.id);
    hr_jw_kc(jw, "status", hr_store_task_status_name(task.status));
    hr_jw_kint(jw, "progress", task.progress);
    ngx_http_hr_task_time(jw, answer, "created_at", task.created_at);
    ngx_http_hr_task_time(jw, answer, "started_at", task.started_at);
    ngx_http_hr_task_time(jw, answer, "completed_at", task.completed_at);
    hr_jw_kint(jw, "estimated_duration", task.estimated_seconds > 0
                                         ? task.estimated_seconds
                                         : NGX_HTTP_HR_ESTIMATE);
    hr_jw_kstr(jw, "current_step", task.step);
    hr_jw_kstr(jw, "error_message", task.error_message);

    hr_jw_kstr(jw, "error_code", task.error_code);
    hr_jw_kstr(jw, "profile_id", task.profile_id);
    hr_jw_kstr(jw, "department", task.slot.department);
    hr_jw_kstr(jw, "position", task.slot.position);
    hr_jw_kstr(jw, "employee_name", task.slot.employee_name);
    hr_jw_kstr(jw, "unit_path", task.slot.unit_path);
    hr_jw_kstr(jw, "batch_id", task.batch_id);
    hr_jw_kint(jw, "attempt", task.attempt);
    hr_jw_key(jw, "queue_position");

    if (task.queue_position > 0) {
        hr_jw_int(jw, task.queue_position);
    } else {
        hr_jw_null(jw);
    }

    hr_jw_end_object(jw);
}
