/** What the page itself says, in each language. */
export const TEXTS = {
  zh: {
    conversation: '对话记录', message: '请输入您的问题', send: '发送', stop: '停止回答', you: '您',
    bot: '智能客服', agent: '人工客服', typing: '正在输入…', sending: '发送中…', waiting: '等待网络，恢复后自动发送',
    accepted: '已送达', stopped: '已停止', failed: '未能发送', retry: '重试', discard: '删除', ai: 'AI 生成',
    fallback: '系统回复', citations: '来源', copy: '复制', copied: '已复制', copyFailed: '无法复制',
    newest: '有新消息 ↓', connecting: '正在连接…', lost: '连接已断开，正在自动重连…', reconnect: '立即重连',
    refused: '暂时无法使用：', tooLong: '内容太长了，请缩短后再发送。', suggestions: '您可以这样问',
    erase: '删除对话', eraseTitle: '删除这段对话？', eraseText: '所有消息将被永久删除，无法恢复。',
    eraseYes: '永久删除', cancel: '取消', erased: '对话已删除', eraseFailed: '没有删除成功，请稍后再试。',
    today: '今天', yesterday: '昨天', openChat: '打开客服对话', closeChat: '关闭客服对话', unread: '条新消息',
    hint: '回答由 AI 生成，请核对重要信息。', choose: '想和谁聊聊？', chooseText: '选择一家演示企业，用中文或英文提问。',
    change: '换一家', language: 'English', none: '请使用带有 ?key=… 的链接打开本页。', developers: '接入文档',
    unknownKey: '链接中的 key 无效，请检查后重试。', unreachable: '暂时无法连接，正在重试…',
  },
  en: {
    conversation: 'Conversation', message: 'Type your question', send: 'Send', stop: 'Stop answering', you: 'You',
    bot: 'Assistant', agent: 'Agent', typing: 'is typing…', sending: 'Sending…',
    waiting: 'Will be sent when you are back online',
    accepted: 'Delivered', stopped: 'Stopped', failed: 'Not sent', retry: 'Retry', discard: 'Delete', ai: 'AI-generated',
    fallback: 'System reply', citations: 'Sources', copy: 'Copy', copied: 'Copied', copyFailed: 'Could not copy',
    newest: 'New messages ↓', connecting: 'Connecting…', lost: 'Connection lost, reconnecting…',
    reconnect: 'Reconnect now', refused: 'Not available: ', tooLong: 'This is too long. Please shorten it.',
    suggestions: 'You could ask', erase: 'Erase conversation', eraseTitle: 'Erase this conversation?',
    eraseText: 'Every message is deleted for good and can not be restored.', eraseYes: 'Erase for good',
    cancel: 'Cancel', erased: 'The conversation was erased', eraseFailed: 'It was not erased. Please try again.',
    today: 'Today', yesterday: 'Yesterday', openChat: 'Open chat', closeChat: 'Close chat', unread: 'new',
    hint: 'Answers are AI-generated. Check what matters.', choose: 'Whom would you like to ask?',
    chooseText: 'Pick a demo company and ask in Chinese or English.', change: 'Switch company', language: '中文',
    none: 'Open this page with a link that has ?key=…', developers: 'For developers',
    unknownKey: 'The key in this link is not valid.', unreachable: 'Can not connect right now, trying again…',
  },
};

/** Reads out what the engine refuses, by the code of its problem; else its own words. */
const PROBLEMS = {
  zh: {
    'turn-open': '上一条还在回答，请稍等', 'quota-exceeded': '当前咨询人数较多，请稍后重试', 'conversation-busy': '消息太多了，请稍后重试',
    overloaded: '系统繁忙，请稍后重试', internal: '系统出错，请重试',
    'text-too-long': '内容太长', 'conversation-erased': '对话已删除', 'origin-not-allowed': '本网站未获授权',
    unauthenticated: '会话无效', forbidden: '没有权限',
  },
  en: {
    'turn-open': 'the last one is still being answered', 'quota-exceeded': 'many people are asking, try again soon',
    'conversation-busy': 'that was a lot, try again soon', overloaded: 'busy, try again soon',
    internal: 'something went wrong, try again',
    'text-too-long': 'too long', 'conversation-erased': 'the conversation was erased',
    'origin-not-allowed': 'this site may not use the chat', unauthenticated: 'the session is not valid',
    forbidden: 'not allowed',
  },
};

export function problemText(language, problem) {
  const same = {'too-many-open-turns': 'quota-exceeded', unavailable: 'overloaded'};
  return PROBLEMS[language][same[problem.code] ?? problem.code] ?? problem.title ?? problem.code;
}

/** The language to begin with: what was chosen, else the first the browser speaks of ours. */
export function preferredLanguage(chosen) {
  const wanted = [chosen, ...(navigator.languages ?? [])].map((tag) => tag?.slice(0, 2));
  return wanted.find((tag) => tag in TEXTS) ?? 'en';
}
